import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { TalkingRank } from './kit/talking-rank.ts'

const program = new URL('./programs/hung-rank.js', import.meta.url)

for (const target of ['pino-rank-file', 'pino-rank-split', 'pino/file']) {
  t.test(`a hung rank is made to talk through its children, with ${target}`, async (t) => {
    const dir = t.testdir()
    const path = join(dir, 'train.log')
    const file = target === 'pino-rank-split' ? join(dir, 'train.rank-1.log') : path
    const rank = new TalkingRank(program, 1, [target, path])
    const says = async (word: string) => {
      rank.say(word)
      t.equal(await rank.hear(), 'logged')
    }
    t.equal(await rank.hear(), 'up')
    await says('gated')
    t.notOk(existsSync(file))

    rank.signal('SIGUSR2')
    t.equal(await rank.hear(), 'info')
    await says('opened')

    rank.signal('SIGUSR2')
    t.equal(await rank.hear(), 'error')
    await says('gated again')

    rank.say('end')
    t.match(await rank.end(), { signal: null, stderr: '' })
    const records = readFileSync(file, 'utf8').trim().split('\n')
    const found = records.map((line) => JSON.parse(line)).map(({ level, rank, msg }) => `${level} ${rank} ${msg}`)
    t.strictSame(found, ['30 1 opened', '30 1 opened'])
  })
}
