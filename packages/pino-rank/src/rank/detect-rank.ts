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

/** The input of {@link detectRank} besides the environment. */
export interface DetectOptions {
  /**
   * node:cluster. The environment does not show whether a process is its worker or its primary.
   * @default this process's own if `env` is not given either; otherwise not used
   */
  cluster?: ClusterLike | undefined
}

/** How the rank of a process was found. */
export interface Explanation {
  /**
   * The launcher that matched, or an incomplete one if none matched. Undefined if the process was not launched, or if detection
   * is turned off.
   */
  launcher?: string
  /** True if RANKLOG_RANK=none turns detection off. */
  off: boolean
  /** The value and the variables of each field. After an error, the fields before the one at fault. */
  fields: IdentifiedFields
  /** True in the primary of node:cluster once it has forked. It is not one of the ranks. */
  isClusterPrimary?: true
  /** Other launchers whose rank variable is set, in the order of the table. Launchers may be nested, so this is no error. */
  lost: readonly LostLauncher[]
  /** What `detectRank` returns. */
  rank?: RankInfo
  /** What `detectRank` throws. */
  error?: RankError
}

/** A launcher that was found but not used. */
export interface LostLauncher {
  launcher: string
  /** Its rank variable with its value. */
  variables: Variables
  /** Variables of which at least one must be set for it to match. */
  missing?: readonly string[]
}

/**
 * Returns what `detectRank` finds and why: which launcher matched, which variables gave each field, and which other launchers
 * were not used. Pure if it is given an environment. Never throws: an error of `detectRank` is in `error`.
 *
 * @param env default: the environment of this process, and its node:cluster
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
 * Returns the rank of this process from the variables of the first launcher that matches. Undefined if the process was not
 * launched. Pure if it is given an environment: it then reads its arguments and nothing else. Without one it knows what
 * `rankLogger` knows: the environment of this process, and whether it is a worker of node:cluster. {@link explainRank} also
 * returns the reasons.
 *
 * @throws {RankError} RANK_MALFORMED, RANK_OUT_OF_RANGE or RANK_INCOMPLETE, with the names of the variables: an unknown rank is
 * never rank 0
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
