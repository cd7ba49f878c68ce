import type { Worker } from 'node:cluster'
import { OptionChecker } from '../errors/index.ts'
import { nodeCluster } from './node-cluster.ts'

const check = new OptionChecker('pino-rank', 'fork with the slot of the worker that is replaced')

/**
 * `cluster.fork()` of the rank `slot`, from 0. A worker that takes a dead one's place gets its slot and so stays that
 * rank: node:cluster's own ids grow for ever, and rank 0 would never come back.
 *
 * @param env variables of the worker besides the primary's own, e.g. RANKLOG_WORLD_SIZE
 * @throws {RankError} OPTION_INVALID for a slot that is no rank, and outside the primary.
 */
export function forkRank(slot: number, env: Readonly<Record<string, string | number | boolean>> = {}): Worker {
  const cluster = nodeCluster()
  if (!Number.isSafeInteger(slot) || slot < 0) throw check.invalidAt('slot', 'a rank from 0', slot)
  if (!cluster.isPrimary) throw check.invalidAt('forkRank', 'to be called in the primary', 'a worker')
  return cluster.fork({ ...env, RANKLOG_RANK: slot })
}
