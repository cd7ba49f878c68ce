import { type Complaint, RankError } from '../errors/index.ts'
import { ownRunKey, rendezvous } from './launchers.ts'
import { missingField } from './missing-field.ts'
import type { ResolvedRank } from './rank-info.ts'

/** The key that all ranks of one job have, and no other job. */
export interface JobKey {
  runKey: string
  attempt: number
  /**
   * True if a later job on this host may have the same key: the address where the ranks met, or a number of 16 bits.
   */
  passing: boolean
  /** True if all ranks of the job are on this host. */
  oneHost: boolean
}

/**
 * Returns the key of this rank's job. Undefined if this process is a job of its own: not launched, the only rank, or
 * one whose variables are malformed.
 *
 * @param env where the key may have come from
 * @throws {RankError} RANK_FIELD_MISSING, naming RANKLOG_RUN_ID: several ranks without a run key, or on several hosts
 *   with one that is only the address where they met
 */
export function jobKey(
  rank: ResolvedRank,
  where: Pick<Complaint, 'package' | 'at'>,
  env: NodeJS.ProcessEnv = process.env,
): JobKey | undefined {
  const { worldSize, localWorldSize, runKey, attempt = 0 } = rank
  const named = runKey !== undefined && runKey === env[ownRunKey]
  if (runKey === undefined && (worldSize === 1 || rank.rank === 'unknown')) return undefined
  if (runKey === undefined) throw missingField('runKey', rank, where)
  const met = !named && runKey === rendezvous.derive(...rendezvous.from.map((name) => env[name]))
  if (met && worldSize === 1) return undefined
  const oneHost = worldSize !== undefined && localWorldSize === worldSize
  if (met && !oneHost) {
    throw new RankError('RANK_FIELD_MISSING', {
      ...where,
      expected: 'a runKey that no other job has, for ranks that may be on several hosts',
      received: `${runKey}, from ${rendezvous.from.join(' and ')}`,
      fix: `set ${ownRunKey} to the same value on all ranks of the job`,
    })
  }
  return { runKey, attempt, passing: met || (!named && openMpiJobId(runKey, env)), oneHost }
}

/**
 * Reports whether the key is a job number of Open MPI 4. It is made from 16 bits of a hash (PMIX_NAMESPACE), so it is
 * reused after a few hundred jobs.
 */
function openMpiJobId(runKey: string, env: NodeJS.ProcessEnv): boolean {
  return runKey === env.PMIX_NAMESPACE && /^\d{1,10}$/.test(runKey)
}
