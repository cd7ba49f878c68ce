import { type Complaint, RankError } from '../errors/index.ts'
import { ownRunKey, rendezvous } from './launchers.ts'
import { missingField } from './missing-field.ts'
import type { ResolvedRank } from './rank-info.ts'

/** The key of a job: the same on all of its ranks, and different from the keys of other jobs. */
export interface JobKey {
  runKey: string
  attempt: number
  /** True if a later job on this host may have the same key, because it is a rendezvous address, or a number of 16 bits. */
  isReusable: boolean
  /** True if all ranks of the job are on this host. */
  oneHost: boolean
}

/**
 * Returns the key of this rank's job. Undefined if this process is a job of its own: not launched, the only rank, or one with
 * malformed variables.
 *
 * @param env the environment that the key may come from
 * @throws {RankError} RANK_FIELD_MISSING, naming RANKLOG_RUN_ID: for several ranks without a run key, or for several hosts if the
 * key is only a rendezvous address
 */
export function jobKey(
  rank: ResolvedRank,
  where: Pick<Complaint, 'package' | 'at'>,
  env: NodeJS.ProcessEnv = process.env,
): JobKey | undefined {
  const { worldSize, localWorldSize, runKey, attempt = 0 } = rank
  const isNamed = runKey !== undefined && runKey === env[ownRunKey]
  if (runKey === undefined && (worldSize === 1 || rank.rank === 'unknown')) return undefined
  if (runKey === undefined) throw missingField('runKey', rank, where)
  const isRendezvous = !isNamed && runKey === rendezvous.derive(...rendezvous.from.map((name) => env[name]))
  if (isRendezvous && worldSize === 1) return undefined
  const oneHost = worldSize !== undefined && localWorldSize === worldSize
  if (isRendezvous && !oneHost) {
    throw new RankError('RANK_FIELD_MISSING', {
      ...where,
      expected: 'a runKey that no other job has, for ranks that may be on several hosts',
      received: `${runKey}, from ${rendezvous.from.join(' and ')}`,
      fix: `set ${ownRunKey} to the same value on all ranks of the job`,
    })
  }
  return { runKey, attempt, isReusable: isRendezvous || (!isNamed && isOpenMpiJobId(runKey, env)), oneHost }
}

/**
 * Reports whether the key is a job number of Open MPI 4. It has only 16 bits of a hash (PMIX_NAMESPACE), so another job may soon
 * have the same number.
 */
function isOpenMpiJobId(runKey: string, env: NodeJS.ProcessEnv): boolean {
  return runKey === env.PMIX_NAMESPACE && /^\d{1,10}$/.test(runKey)
}
