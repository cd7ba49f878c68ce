import { fork } from 'node:child_process'
import { writeSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { rankLogger } from 'pino-rank'
import { type StdoutOptions, type StdoutStream, stdoutStream } from 'pino-rank-stdout'

/** The first argument of a rank of a collected job, in JSON. */
export interface CollectedRank {
  way: 'stream' | 'target'
  /** Number of records of a rank: one number for all ranks, or a list with the number of each rank. */
  count: number | number[]
  options?: StdoutOptions
  /** Options of each rank, added to `options`. */
  each?: readonly StdoutOptions[]
  /** Options of rank 0 only, added to `options`. */
  first?: StdoutOptions
  /** The ranks that continue to run after their last record. @default none */
  stayingRanks?: number[]
  /** The pause after each 50 records, in ms. @default 1 */
  pauseMs?: number
  /** Each rank opens its stream this many ms after the one before it, and dates its records ten times as far back. @default 0 */
  apartMs?: number
  /** Number of loggers, which log the records in turn. @default 1 */
  loggers?: number
  /** True: the rank starts a child process with its environment, and so with its rank, which logs the same. @default false */
  hasChild?: boolean
  /**
   * True: the rank writes `rank N has begun` to stderr after 1000 records, `rank N has logged` after the last one, and its
   * counts at the exit. @default false
   */
  reportsProgress?: boolean
}

const {
  way,
  count,
  options,
  each = [],
  first,
  stayingRanks = [],
  pauseMs = 1,
  apartMs = 0,
  loggers = 1,
  hasChild = false,
  reportsProgress = false,
}: CollectedRank = JSON.parse(process.argv[2] as string)
const rank = Number(process.env.RANK)
const own = { ...options, ...each[rank], ...(rank === 0 && first) }
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
const ownCount = typeof count === 'number' ? count : (count[rank] as number)
for (let seq = 0; seq < ownCount; seq++) {
  logs[seq % loggers]?.info({ seq, fill: 'x'.repeat(seq % 100) })
  if (reportsProgress && seq === 1000) writeSync(2, `rank ${rank} has begun\n`)
  if (seq % 50 === 49) await pause(pauseMs)
}
if (reportsProgress) {
  writeSync(2, `rank ${rank} has logged\n`)
  // runs after the exit listeners of the streams, which write or drop buffered lines
  for (const stream of streams)
    process.on('exit', () => writeSync(2, `${JSON.stringify({ rank, ...stream.stats() })}\n`))
}
if (stayingRanks.includes(rank)) {
  setInterval(() => {}, 1000)
  process.once('disconnect', () => process.exit()) // a child process ends with its rank
} else if (process.connected) process.disconnect() // a worker of node:cluster stays connected to its primary
