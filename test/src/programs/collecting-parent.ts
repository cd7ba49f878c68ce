import { type ChildProcess, spawn } from 'node:child_process'
import cluster from 'node:cluster'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { forkRank } from 'pino-rank'
import { torchrunEnv } from 'pino-rank/launch'
import { type Collector, type CollectorOptions, startCollector } from 'pino-rank-stdout/collector'

/** The first argument of the parent of a job, in JSON. */
export interface CollectingParent {
  ranks: number
  /** Undefined: the parent collects nothing, as mpirun. */
  collector?: CollectorOptions
  /** The argument of the ranks. */
  rank: string
  /** Variables of all ranks, added to those of the collector. */
  env?: Record<string, string>
  /** True: the parent is a primary of node:cluster, and the ranks are its workers. @default false */
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
