import { type ChildProcess, spawn } from 'node:child_process'
import cluster from 'node:cluster'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { forkRank } from 'pino-rank'
import { torchrunEnv } from 'pino-rank/launch'
import { type Collector, type CollectorOptions, startCollector } from 'pino-rank-stdout/collector'

/** What a parent of ranks gets as JSON in its first argument. */
export interface CollectingParent {
  ranks: number
  /** Undefined: it collects nothing, as mpirun. */
  collector?: CollectorOptions
  /** The argument of the ranks. */
  rank: string
  /** What ranks have beside the collector's, for all of them. */
  env?: Record<string, string>
  /** It is a primary of node:cluster, and its ranks are workers. */
  cluster?: boolean
}

const given: CollectingParent = JSON.parse(process.argv[2] as string)
const program = fileURLToPath(new URL('./collected-rank.js', import.meta.url))
let collector: Collector | undefined
if (given.collector) collector = await startCollector(given.collector)

function start(rank: number): ChildProcess {
  const env = {
    ...torchrunEnv(rank, { worldSize: given.ranks }),
    ...collector?.env,
    ...given.env,
  }
  if (given.cluster) return forkRank(rank, env).process
  return spawn(process.execPath, [program, given.rank], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...env },
  })
}

if (given.cluster) cluster.setupPrimary({ exec: program, args: [given.rank] })
const ranks = Array.from({ length: given.ranks }, (_, rank) => start(rank))
process.send?.({ pids: ranks.map(({ pid }) => pid) })
await Promise.all(ranks.map((rank) => once(rank, 'exit')))
await collector?.close()
process.send?.({ stats: collector?.stats() })
process.disconnect()
