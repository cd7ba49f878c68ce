import { OptionChecker, warnOnce } from '../errors/index.ts'
import { explainRank } from './detect-rank.ts'
import { ownRunKey } from './launchers.ts'
import { clusterOfWorker } from './node-cluster.ts'
import { type ResolvedRank, soleRank } from './rank-info.ts'

const check = new OptionChecker('pino-rank')

/** Options of {@link resolveRank}. */
export interface ResolveRankOptions {
  /** The rank, if the program knows it better than the environment. It overrides every variable. */
  rank?: ResolvedRank | undefined
  /** What to do about a malformed rank variable: throw, or warn once per process and return the unknown rank. @default 'throw' */
  onBadRank?: 'throw' | 'warn' | undefined
  /** Name of the field that holds the rank. It is only validated here. */
  rankKey?: string | undefined
}

/** Names that `rankKey` may not have. pino leaves the first four out of bindings, and writes the others itself. */
const reservedKeys = ['level', 'serializers', 'formatters', 'customLevels', 'time', 'msg']

/**
 * Returns the rank of this process, for code on the main thread: the option `rank`, or what the environment and node:cluster
 * give, or the sole rank of a world of one. In a worker thread node:cluster shows no rank, so pass it in.
 *
 * @throws {RankError} what `detectRank` throws, unless `onBadRank` is `'warn'`; OPTION_INVALID for an invalid option
 */
export function resolveRank({ rank, onBadRank = 'throw', rankKey = 'rank' }: ResolveRankOptions = {}): ResolvedRank {
  if (typeof rankKey !== 'string' || rankKey === '' || reservedKeys.includes(rankKey)) {
    throw check.invalid('rankKey', `a name other than ${reservedKeys.join(', ')}`, rankKey, 'use another, e.g. "rank"')
  }
  check.oneOf('onBadRank', onBadRank, ['throw', 'warn'])
  if (rank !== undefined) {
    if (isRank(rank)) return rank
    const expected = 'a RankInfo: whole numbers from 0, rank below worldSize, and launcher a string'
    throw check.invalid(
      'rank',
      expected,
      rank,
      'pass what detectRank() returns, or your own { rank, launcher, worldSize }',
    )
  }
  const explained = explainRank(process.env, { cluster: clusterOfWorker() })
  const { error, launcher = soleRank.launcher } = explained
  if (!error) return explained.rank ?? sole()
  if (onBadRank === 'throw') throw error
  warnOnce(error.code, error.message)
  return { rank: 'unknown', launcher }
}

/** Returns the sole rank. A run that was not launched may still have a run key. */
function sole(): ResolvedRank {
  const runKey = process.env[ownRunKey]
  return runKey ? { ...soleRank, runKey } : soleRank
}

function isRank(given: ResolvedRank): boolean {
  if (typeof given !== 'object' || given === null || typeof given.launcher !== 'string') return false
  const { worldSize = Infinity, localRank = 0, localWorldSize = Infinity, nodeRank = 0, attempt = 0 } = given
  const rank = given.rank === 'unknown' ? 0 : given.rank
  const counts = [rank, localRank, nodeRank, attempt].every((value) => Number.isSafeInteger(value) && value >= 0)
  return counts && rank < worldSize && localRank < localWorldSize
}
