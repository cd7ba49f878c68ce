/** The cost of loggers that a program no longer references and did not end. The table in pino-rank's README has these figures. */
import { join } from 'node:path'
import { torchrunEnv } from 'pino-rank/launch'
import t from 'tap'
import { node, pathOf, runProcess } from './kit/start-process.ts'

const count = 12
const program = pathOf(new URL('./programs/dropped-loggers.js', import.meta.url))

interface Resources {
  threads: number
  descriptors: number
  exitListeners?: number
}

/** Each target with its options, and the resources that dropped loggers still have, on rank 0 and on rank 1. */
const targets: [target: string, options: (dir: string) => object, rank0: Resources, rank1: Resources][] = [
  [
    'pino-rank-file',
    (dir) => ({ path: join(dir, 'NUMBER.log') }),
    { threads: 0, descriptors: count, exitListeners: 1 },
    { threads: 0, descriptors: 0, exitListeners: 0 },
  ],
  [
    'pino-rank-split',
    (dir) => ({ path: join(dir, 'NUMBER.log') }),
    { threads: 0, descriptors: count, exitListeners: 1 },
    { threads: 0, descriptors: count, exitListeners: 1 },
  ],
  [
    'pino-rank-stdout',
    () => ({}),
    { threads: 0, descriptors: 0, exitListeners: 1 },
    { threads: 0, descriptors: 0, exitListeners: 1 },
  ],
  [
    'pino-csv-metrics',
    (dir) => ({ path: join(dir, 'NUMBER.csv'), flushMs: 1 }),
    { threads: count, descriptors: 5 * count },
    { threads: 0, descriptors: 0 },
  ],
]

const system = process.platform === 'linux' ? {} : { skip: 'no /proc here' }
for (const [target, options, ...expected] of targets) {
  t.test(`${target}: dropped loggers have the documented resources, and ended loggers have none`, system, async (t) => {
    const run = async (rank: number, threads: number, then: 'drop' | 'end') => {
      const transport = JSON.stringify({ target, options: options(t.testdir()) })
      const command = [...node, '--expose-gc', program, transport, String(count), String(threads), then]
      const { code, stdout, stderr } = await runProcess(t, command, { env: torchrunEnv(rank, { worldSize: 2 }) })
      t.strictSame([code, stderr], [0, ''])
      return JSON.parse(stdout.trimEnd().split('\n').at(-1) as string) as Resources
    }
    for (const [rank, { threads, descriptors, exitListeners }] of expected.entries()) {
      const found = await run(rank, threads, 'drop')
      const isExpected = threads > 0 ? found.descriptors <= descriptors : found.descriptors === descriptors
      t.ok(isExpected, `${found.descriptors} descriptors on rank ${rank}`)
      t.match(found, { threads, ...(exitListeners !== undefined && { exitListeners }) })
    }
    t.match(await run(0, 0, 'end'), { threads: 0, descriptors: 0 })
  })
}
