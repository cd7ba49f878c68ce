import { basename } from 'node:path'
import { isOneOf, type RankSet } from 'pino-rank/sink'
import { InputError } from '../cli/index.ts'
import type { LogSource } from './find-sources.ts'

/** Maximum number of logs that an error names. */
const maxNamed = 3

/**
 * Returns the sources whose ranks are in the set. Logs without a rank, and of an unknown rank, are in no set.
 *
 * @throws {InputError} if the set has local ranks and the local rank of a source is not known
 */
export function selectSources(sources: readonly LogSource[], ranks: RankSet): LogSource[] {
  const unknown = ranks.local ? sources.filter(hasUnknownLocalRank) : []
  if (unknown.length > 0) throw unknownLocalRank(unknown)
  return sources.filter((source) => isSelected(source, ranks))
}

/** Reports whether the rank of a source is in the set. Returns false if the set has local ranks and that of the source is not known. */
export function isSelected(source: LogSource, ranks: RankSet): boolean {
  const { rank } = source
  if (typeof rank !== 'number' || (ranks.local && hasUnknownLocalRank(source))) return false
  const localRank = localRankOf(source)
  return isOneOf(ranks.source, { rank, launcher: 'ranklog', ...(localRank !== undefined && { localRank }) })
}

/** Reports whether this is the log of a rank whose local rank is in no manifest. */
export function hasUnknownLocalRank(source: LogSource): boolean {
  return typeof source.rank === 'number' && localRankOf(source) === undefined
}

export function unknownLocalRank(sources: readonly LogSource[]): InputError {
  const names = sources.slice(0, maxNamed).map(({ files }) => basename(files.at(-1) as string))
  const more = sources.length > maxNamed ? ` and ${sources.length - maxNamed} more` : ''
  return new InputError(
    `--ranks: no manifest has the local rank of ${names.join(', ')}${more}`,
    'use ranks instead of local ranks, for example 0,8',
  )
}

/** Returns the local rank in the latest manifest that has it. */
function localRankOf({ manifests }: LogSource): number | undefined {
  return manifests.map(({ localRank }) => localRank).findLast(Number.isSafeInteger)
}
