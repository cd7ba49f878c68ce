import { RankError } from '../errors/index.ts'
import { type IdentifiedFields, identify } from './identify.ts'
import {
  clusterWorkerId,
  isComplete,
  isPresent,
  type Launcher,
  namesOf,
  type Read,
  type Variables,
  variablesOf,
} from './launcher.ts'
import { launchers, own } from './launchers.ts'
import { type ClusterLike, clusterOfWorker, hasForked, nodeCluster } from './node-cluster.ts'
import type { RankInfo } from './rank-info.ts'

/** What {@link detectRank} looks at besides the environment. */
export interface DetectOptions {
  /**
   * node:cluster, whose workers and primary the environment does not name.
   * @default this process's own, if the environment is not given either; else not looked at
   */
  cluster?: ClusterLike | undefined
}

/** Why a process is the rank that it is. */
export interface Explanation {
  /** The launcher that matched, or is incomplete where none does; absent: not launched, or turned off. */
  launcher?: string
  /** RANKLOG_RANK=none is set. */
  off: boolean
  /** What gave each field, up to the one at fault. */
  fields: IdentifiedFields
  /** True in the primary of node:cluster, once it has forked: it is no rank of its own. */
  isClusterPrimary?: true
  /** Other launchers whose rank variable is set, in the table's order. Nesting is no error. */
  lost: readonly LostLauncher[]
  /** What `detectRank` returns. */
  rank?: RankInfo
  /** What `detectRank` throws. */
  error?: RankError
}

/** A launcher that is there too, but did not win. */
export interface LostLauncher {
  launcher: string
  /** Its rank variable, as it is set. */
  variables: Variables
  /** Variables of which one would have to be set for it to match. */
  missing?: readonly string[]
}

/**
 * Returns what `detectRank` finds, and why: which launcher matched, which variables gave each field, which others lost.
 * Pure if it is given an environment. Never throws: what `detectRank` would throw is `error`.
 *
 * @param env default: this process's own, and its node:cluster
 */
export function explainRank(env?: NodeJS.ProcessEnv, options?: DetectOptions): Explanation {
  const { cluster } = options ?? (env === undefined ? { cluster: nodeCluster() } : {})
  const read = reader(env ?? process.env, cluster)
  const off = read(own.marker) === 'none'
  const present = launchers.filter((launcher) => isPresent(launcher, read) && !(off && launcher === own))
  const winner = off ? undefined : (present.find((launcher) => isComplete(launcher, read)) ?? present[0])
  const lost = present.filter((launcher) => launcher !== winner).map((launcher) => lostLauncher(launcher, read))
  const fields: IdentifiedFields = {}
  const found: Explanation = { off, fields, lost, ...(hasForked(cluster) && { isClusterPrimary: true }) }
  if (winner === undefined) return found
  const explained = { launcher: winner.name, ...found }
  try {
    return { ...explained, rank: identify(winner, read, fields) }
  } catch (error) {
    if (error instanceof RankError) return { ...explained, error }
    throw error
  }
}

/**
 * Returns who this process is among the ranks of its job, as the first matching launcher's variables say; undefined where
 * it was not launched. Pure if it is given an environment: it then reads its arguments and nothing else. Without one it knows what
 * `rankLogger` knows: the environment of this process, and whether it is a worker of node:cluster. {@link explainRank} returns
 * the reasons as well.
 *
 * @throws {RankError} RANK_MALFORMED, RANK_OUT_OF_RANGE or RANK_INCOMPLETE, naming the variables: a rank that is not
 *   known is never rank 0.
 */
export function detectRank(env?: NodeJS.ProcessEnv, options?: DetectOptions): RankInfo | undefined {
  const { cluster } = options ?? (env === undefined ? { cluster: clusterOfWorker() } : {})
  const { rank, error } = explainRank(env ?? process.env, { cluster })
  if (error) throw error
  return rank
}

function reader(env: NodeJS.ProcessEnv, cluster: ClusterLike | undefined): Read {
  const id = cluster?.worker?.id
  const read = (variable: string) => (variable === clusterWorkerId ? id?.toString() : env[variable]) || undefined
  return Object.assign(read, { names: () => Object.keys(env) })
}

function lostLauncher(launcher: Launcher, read: Read): LostLauncher {
  const lost = { launcher: launcher.name, variables: variablesOf([launcher.marker], read) }
  return isComplete(launcher, read) ? lost : { ...lost, missing: namesOf(launcher.companions ?? [], read) }
}
