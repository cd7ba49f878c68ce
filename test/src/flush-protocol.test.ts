import { type EventEmitter, once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'
import { rankLogger } from 'pino-rank'
import { fileStream } from 'pino-rank-file'
import t from 'tap'

const rank = { rank: 0, launcher: 'test' }
const old = { flushMs: 600_000, flushBytes: 2 ** 28, flushLevel: 'silent' } // lines are written only by a flush

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

t.test(
  'the stream of a logger closes when its targets, in the process and in the worker, have written all lines',
  async (t) => {
    const dir = t.testdir()
    const [own, foreign] = [join(dir, 'own.log'), join(dir, 'foreign.log')]
    const targets = [
      { target: 'pino-rank-file', options: { path: own, ...old } },
      { target: 'pino/file', options: { destination: foreign } },
    ]
    const log = rankLogger({ rank, transport: { targets } })
    log.info('before')
    await end(log)
    for (const file of [own, foreign]) t.match(readFileSync(file, 'utf8'), /^[^\n]*"before"\}\n$/)
  },
)

t.test('a target in the process writes a record that is logged after its end at once', async (t) => {
  const path = join(t.testdir(), 'train.log')
  const log = rankLogger({ rank, transport: { target: 'pino-rank-file', options: { path, ...old } } })
  log.info('before')
  await end(log)
  log.child({}).info('after')
  t.match(readFileSync(path, 'utf8'), /^[^\n]*"before"\}\n[^\n]*"after"\}\n$/)
})

async function end(log: pino.Logger): Promise<void> {
  const stream = (log as never)[pino.symbols.streamSym as never] as EventEmitter & { end(): void }
  const alive = setInterval(() => {}, 1000) // pino's workers do not keep the program running
  stream.end()
  await once(stream, 'close')
  clearInterval(alive)
}

t.test('flush has one parameter, by which pino’s worker knows that it takes a callback', (t) => {
  t.equal(fileStream({ path: join(t.testdir(), 'a.log'), rank }).flush.length, 1)
  t.end()
})
