import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { rankLogger } from 'pino-rank'
import { fileStream } from 'pino-rank-file'
import t from 'tap'

const rank = { rank: 0, launcher: 'test' }
const old = { flushMs: 600_000, flushBytes: 2 ** 28, flushLevel: 'silent' } // nothing is written but on demand

const cases = ['pino-rank-file', 'pino-rank-split'].flatMap((target) => [
  { target, thread: false },
  { target, thread: true },
])

for (const { target, thread } of cases) {
  const where = thread ? 'through pino’s worker' : 'in the process'
  t.test(`${target}: log.flush ${where} calls back when the lines are in the file`, async (t) => {
    const path = join(t.testdir(), '{rank}.log')
    const log = rankLogger({ rank, transport: { target, thread, options: { path, ...old } } })
    for (const round of [1, 2, 3]) {
      for (let n = 0; n < 1000; n++) log.info({ round, n })
      t.notOk(await new Promise((flushed) => log.flush(flushed)))
      const lines = readFileSync(path.replace('{rank}', '0'), 'utf8').trimEnd().split('\n')
      t.equal(lines.length, round * 1000)
      t.match(JSON.parse(lines.at(-1) as string), { round, n: 999 })
    }
  })
}

t.test('pino’s worker sees that there is a callback to wait for', (t) => {
  t.equal(fileStream({ path: join(t.testdir(), 'a.log'), rank }).flush.length, 1)
  t.end()
})
