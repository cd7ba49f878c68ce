import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { startRank } from './kit/ranks.ts'

const program = new URL('./programs/hung-rank.js', import.meta.url)

for (const target of ['pino-rank-file', 'pino-rank-split', 'pino/file']) {
  t.test(`a signal opens the gate of a hung rank with ${target}, for its child loggers too`, async (t) => {
    const dir = t.testdir()
    const path = join(dir, 'train.log')
    const file = target === 'pino-rank-split' ? join(dir, 'train.rank-1.log') : path
    const rank = startRank(t, program, 1, { worldSize: 2, args: [target, path] })
    const log = async (message: string) => t.equal(await rank.request(message), 'logged')
    t.equal(await rank.nextMessage(), 'ready')
    await log('gated')
    t.notOk(existsSync(file))

    rank.kill('SIGUSR2')
    t.equal(await rank.nextMessage(), 'info')
    await log('opened')

    rank.kill('SIGUSR2')
    t.equal(await rank.nextMessage(), 'error')
    await log('gated again')

    rank.send('end')
    t.match(await rank.exit, { signal: null, stderr: '' })
    const records = readFileSync(file, 'utf8').trim().split('\n')
    const found = records.map((line) => JSON.parse(line)).map(({ level, rank, msg }) => `${level} ${rank} ${msg}`)
    t.strictSame(found, ['30 1 opened', '30 1 opened'])
  })
}
