import { fork } from 'node:child_process'
import { writeSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { rankLogger } from 'pino-rank'
import { type StdoutOptions, type StdoutStream, stdoutStream } from 'pino-rank-stdout'

/** What a rank of a collected job gets as JSON in its first argument. */
export interface CollectedRank {
  way: 'stream' | 'target'
  /** Records; a rank may have its own. */
  count: number | number[]
  options?: StdoutOptions
  /** What the rank 0 alone has beside them. */
  first?: StdoutOptions
  /** After the last record: a rank that does not end by itself. */
  stays?: number[]
  /** Between records, in ms for 50 of them. */
  pauseMs?: number
  /** Each rank opens its stream so many ms after the one before it, and its records are ten times as much older. */
  apartMs?: number
  /** Loggers of the rank, which take turns. Each has records of its own. @default 1 */
  loggers?: number
  /** True: the rank starts a child process that inherits its environment, and so its rank, and logs as much. */
  hasChild?: boolean
  /** True: the rank writes `rank N has logged` to stderr when it has logged everything, `has begun` after 1000 records, and its counts at the exit. */
  tells?: boolean
}

const {
  way,
  count,
  options,
  first,
  stays = [],
  pauseMs = 1,
  apartMs = 0,
  loggers = 1,
  hasChild = false,
  tells = false,
}: CollectedRank = JSON.parse(process.argv[2] as string)
const rank = Number(process.env.RANK)
const own = { ...options, ...(rank === 0 && first) }
await pause(apartMs * rank)
const streams: StdoutStream[] = []
const logs = Array.from({ length: loggers }, () => {
  const stream = way === 'stream' ? stdoutStream(own) : undefined
  if (stream) streams.push(stream)
  return rankLogger({
    timestamp: () => `,"time":${Date.now() - 10 * apartMs * rank}`,
    transport: stream ? { stream } : { target: 'pino-rank-stdout', options: own },
  })
})
if (hasChild) {
  const given: CollectedRank = { ...JSON.parse(process.argv[2] as string), hasChild: false }
  fork(fileURLToPath(import.meta.url), [JSON.stringify(given)], { execArgv: process.execArgv }).unref()
}
const most = typeof count === 'number' ? count : (count[rank] as number)
for (let seq = 0; seq < most; seq++) {
  logs[seq % loggers]?.info({ seq, fill: 'x'.repeat(seq % 100) })
  if (tells && seq === 1000) writeSync(2, `rank ${rank} has begun\n`)
  if (seq % 50 === 49) await pause(pauseMs)
}
if (tells) {
  writeSync(2, `rank ${rank} has logged\n`)
  // after the streams' own listeners, which write or drop what is left
  for (const stream of streams)
    process.on('exit', () => writeSync(2, `${JSON.stringify({ rank, ...stream.stats() })}\n`))
}
if (stays.includes(rank)) {
  setInterval(() => {}, 1000)
  process.once('disconnect', () => process.exit()) // a child process ends with its rank
} else if (process.connected) process.disconnect() // a worker of node:cluster stays connected to its primary
