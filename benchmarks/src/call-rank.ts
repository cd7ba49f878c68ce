import { setImmediate as turn } from 'node:timers/promises'
import pino from 'pino'
import { gate, rankLogger } from 'pino-rank'
import { fileStream } from 'pino-rank-file'
import { stdoutStream } from 'pino-rank-stdout'
import { tensorboardStream } from 'pino-tensorboard'
import { close, flushed, ready } from './destination.ts'
import { writeLine, writeMetric } from './fixed-line.ts'
import { mainTime } from './main-time.ts'
import { sendResult } from './send-result.ts'

/** The job of a rank that measures log calls. */
export interface CallJob {
  /** A name in `loggers`. */
  logger: string
  /** File or folder that the logger writes to. */
  path: string
  /** Number of log calls. A gated logger makes more, because its calls are short. */
  calls: number
  /** What happens between two bursts of calls: the event loop turns, or the logger is flushed. */
  pause: 'turn' | 'flush'
  /** The kind of record: a text, or a metric. */
  record: 'line' | 'metric'
}

/** The cost of a call, in ns. */
export interface CallSample {
  /** Time that the caller spends in the call. */
  wall: number
  /** CPU time of the main thread, including its work between calls. NaN if the system does not report it. */
  main: number
  /** User and system time of all threads, from the first call until the destination has closed. */
  cpu: number
}

const base = { rank: 0 }
const ours = { base: null } // rankLogger and gate() add the rank, so the lines are the same

const loggers: Record<string, (path: string) => pino.Logger> = {
  'pino, level silent': () => pino({ level: 'silent' }),
  'pino to /dev/null': () => pino({ base }, pino.destination({ dest: '/dev/null', sync: true })),

  'rankLogger, gated': (path) => rankLogger({ ...ours, transport: { target: 'pino-rank-file', options: { path } } }),
  'rankLogger, gated, with a recorder': (path) =>
    rankLogger({ ...ours, recorder: { records: 1000 }, transport: { target: 'pino-rank-file', options: { path } } }),
  'pino(gate()), gated': (path) => pino(gate(ours), fileStream({ path })),

  'pino-rank/target, gated in the worker': (destination) =>
    pino({
      base,
      transport: { target: 'pino-rank/target', options: { target: 'pino/file', options: { destination } } },
    }),
  'pino-rank-file, gated in the worker': (path) =>
    pino({ base, transport: { target: 'pino-rank-file', options: { path } } }),

  'pino.destination, sync': (dest) => pino({ base }, pino.destination({ dest, sync: true })),
  'pino.destination, sync, 1 KiB': (dest) => pino({ base }, pino.destination({ dest, sync: true, minLength: 1024 })),
  'pino.destination, async, 4 KiB': (dest) => pino({ base }, pino.destination({ dest, sync: false, minLength: 4096 })),
  'rankLogger, fileStream': (path) => rankLogger(ours, fileStream({ path })),

  'pino/file': (destination) => pino({ base, transport: { target: 'pino/file', options: { destination } } }),
  'rankLogger, pino-rank-file': (path) =>
    rankLogger({ ...ours, transport: { target: 'pino-rank-file', options: { path } } }),
  'rankLogger, pino-rank-stdout': () => rankLogger({ ...ours, transport: { target: 'pino-rank-stdout' } }),
  'rankLogger, stdoutStream': () => rankLogger(ours, stdoutStream()),
  'rankLogger, pino-tensorboard': (logdir) =>
    rankLogger({ ...ours, transport: { target: 'pino-tensorboard', options: { logdir } } }),
  'rankLogger, tensorboardStream': (logdir) => rankLogger(ours, tensorboardStream({ logdir })),
}

const warmUp = 10_000

await sendResult<CallJob>(async ({ logger, path, calls, record, pause }): Promise<CallSample> => {
  const write = record === 'line' ? writeLine : writeMetric
  const log = loggers[logger]?.(path)
  if (!log) throw new Error(`no logger "${logger}"`)
  await ready(log)
  // V8 removes a call that has only ever called the no-op. This second logger prevents that.
  const other = pino({}, { write() {} })
  for (let i = 0; i < warmUp; i++) write(other, i, 0)
  for (let i = 0; i < warmUp; i++) write(log, i, 0)
  await turn()

  const disabled = log.info === pino({ level: 'silent' }).info
  const batch = disabled ? 20_000 : 100
  const batches = Math.ceil(calls / 100)
  let wall = 0
  const mainBefore = mainTime()
  const before = process.cpuUsage()
  for (let done = 0; done < batches; done++) {
    const start = performance.now()
    for (let i = 0; i < batch; i++) write(log, done, i)
    wall += performance.now() - start
    await (pause === 'turn' ? turn() : flushed(log))
  }
  const main = mainTime() - mainBefore
  if (!disabled) await close(log)
  const { user, system } = process.cpuUsage(before)
  const each = batches * batch
  return { wall: (wall * 1e6) / each, main: main / each, cpu: ((user + system) * 1e3) / each }
})
