import type { Worker } from 'node:cluster'
import { OptionChecker } from '../errors/index.ts'
import { nodeCluster } from './node-cluster.ts'

const check = new OptionChecker('pino-rank', 'pass a rank, e.g. that of the worker that is replaced')

/**
 * Forks a worker of node:cluster as rank `slot`, from 0. A worker that replaces a dead one gets its slot, and so has the same
 * rank. With node:cluster's own ids, which are never reused, rank 0 could not be replaced.
 *
 * @param env variables of the worker besides the primary's own, e.g. RANKLOG_WORLD_SIZE
 * @throws {RankError} OPTION_INVALID for a slot that is not a rank, and outside the primary
 */
export function forkRank(slot: number, env: Readonly<Record<string, string | number | boolean>> = {}): Worker {
  const cluster = nodeCluster()
  if (!Number.isSafeInteger(slot) || slot < 0) throw check.invalidAt('slot', 'a rank from 0', slot)
  if (!cluster.isPrimary)
    throw check.invalidAt('forkRank', 'to be called in the primary', 'a worker', 'call it in the primary')
  return cluster.fork({ ...env, RANKLOG_RANK: slot })
}
