import { dirname, isAbsolute, join, normalize } from 'node:path'
import { absolutePath, expandPath, jobKey, RankError, type ResolvedRank } from 'pino-rank/sink'

/** A run directory that is claimed when its first file is opened. Plain data. */
export interface RunPlace {
  /** An absolute path. */
  base: string
  rank: ResolvedRank
}

export interface RunPlaceContext {
  /** True if all attempts of the job share one directory. */
  together: boolean
  /** Folder that a relative base is resolved against. @default the working directory */
  cwd?: string | undefined
}

/**
 * Checks that the ranks can agree on a directory and that `path` stays in it; claims nothing.
 *
 * @throws {RankError} OPTION_INVALID, PATH_PLACEHOLDER, RANK_FIELD_MISSING
 */
export function runPlace(
  from: string,
  base: unknown,
  path: string,
  rank: ResolvedRank,
  { together, cwd }: RunPlaceContext,
): RunPlace {
  const where = { package: from, at: 'option "runDirectory"' }
  if (typeof base !== 'string' || base === '') {
    const expected = 'a folder for the directories of all runs'
    throw new RankError('OPTION_INVALID', { ...where, expected, received: base, fix: 'name one, e.g. runs' })
  }
  if (isAbsolute(path) || /^\.\.([/\\]|$)/.test(normalize(path))) {
    const expected = 'a path below the run directory'
    throw new RankError('OPTION_INVALID', {
      ...where,
      at: 'option "path"',
      expected,
      received: path,
      fix: 'shorten it',
    })
  }
  const place = {
    base: absolutePath(expandBase(from, base, rank), cwd),
    rank: together ? { ...rank, attempt: 0 } : rank,
  }
  jobKey(place.rank, where)
  return place
}

/** An attempt has a run directory of its own, not a folder. */
function expandBase(from: string, base: string, rank: ResolvedRank): string {
  const context = { package: from, option: 'runDirectory', attemptFolder: false }
  return dirname(expandPath(join(base, 'version'), rank, context))
}
