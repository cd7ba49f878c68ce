import { RankError } from '../errors/index.ts'
import { type IdentifiedFields, identify } from './identify.ts'
import { isComplete, isPresent, type Launcher, type Read, type Variables, variablesOf } from './launcher.ts'
import { clusterWorkerId, launchers, own } from './launchers.ts'
import type { RankInfo } from './rank-info.ts'

/** The part of node:cluster that has a worker's number. */
export interface ClusterLike {
  worker?: { id: number } | undefined
}

/** What {@link detectRank} looks at besides the environment. */
export interface DetectOptions {
  /** node:cluster, whose workers the environment does not name. @default not looked at */
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
 * What `detectRank` finds, and why: which launcher matched, which variables gave each field, which others lost.
 * Pure, and never throws: what `detectRank` would throw is `error`.
 */
export function explainRank(env: NodeJS.ProcessEnv = process.env, options: DetectOptions = {}): Explanation {
  const read = reader(env, options)
  const off = read(own.marker) === 'none'
  const present = launchers.filter((launcher) => isPresent(launcher, read) && !(off && launcher === own))
  const winner = off ? undefined : (present.find((launcher) => isComplete(launcher, read)) ?? present[0])
  const lost = present.filter((launcher) => launcher !== winner).map((launcher) => lostLauncher(launcher, read))
  const fields: IdentifiedFields = {}
  if (winner === undefined) return { off, fields, lost }
  const explained = { launcher: winner.name, off, fields, lost }
  try {
    return { ...explained, rank: identify(winner, read, fields) }
  } catch (error) {
    if (error instanceof RankError) return { ...explained, error }
    throw error
  }
}

/**
 * Who this process is among the ranks of its job, as the first matching launcher's variables say; undefined where it
 * was not launched. Pure: it reads its arguments and nothing else. {@link explainRank} returns the reasons as well.
 *
 * @throws {RankError} RANK_MALFORMED, RANK_OUT_OF_RANGE or RANK_INCOMPLETE, naming the variables: a rank that is not
 *   known is never rank 0.
 */
export function detectRank(env: NodeJS.ProcessEnv = process.env, options: DetectOptions = {}): RankInfo | undefined {
  const { rank, error } = explainRank(env, options)
  if (error) throw error
  return rank
}

function reader(env: NodeJS.ProcessEnv, { cluster }: DetectOptions): Read {
  const id = cluster?.worker?.id
  return (variable) => (variable === clusterWorkerId ? id?.toString() : env[variable]) || undefined
}

function lostLauncher(launcher: Launcher, read: Read): LostLauncher {
  const lost = { launcher: launcher.name, variables: variablesOf([launcher.marker], read) }
  return isComplete(launcher, read) ? lost : { ...lost, missing: launcher.companions ?? [] }
}
