import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { runRanks } from './kit/ranks.ts'

const program = new URL('./programs/collected-logger.js', import.meta.url)

/** pino terminates the worker of a logger that was garbage-collected. rankLogger must not: its lines are written at the exit. */
const cases = ['pino-rank-file', 'pino-rank-split'].flatMap((target) => [
  { target, thread: false },
  { target, thread: true },
])
for (const { target, thread } of cases) {
  t.test(
    `${target}, ${thread ? 'in a worker' : 'in the process'}: a garbage-collected logger loses no line`,
    async (t) => {
      const path = join(t.testdir(), 'train.log')
      const transport = { target, thread, options: { path, flushMs: 60_000 } }
      const [exit] = await runRanks(t, program, { ranks: 1, args: [JSON.stringify(transport)] })
      t.match(exit, { code: 0, stderr: '' })
      const file = target === 'pino-rank-split' ? path.replace('.log', '.rank-0.log') : path
      t.match(readFileSync(file, 'utf8'), /"the only one"\}\n.*"unflushed"\}\n$/)
    },
  )
}
