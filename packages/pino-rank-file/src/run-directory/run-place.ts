import { dirname, isAbsolute, join, normalize } from 'node:path'
import { absolutePath, expandPath, jobKey, OptionChecker, type ResolvedRank } from 'pino-rank/sink'

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
  packageName: string,
  base: unknown,
  path: string,
  rank: ResolvedRank,
  { together, cwd }: RunPlaceContext,
): RunPlace {
  const check = new OptionChecker(packageName)
  if (typeof base !== 'string' || base === '') {
    const expected = 'a folder for the directories of all runs'
    throw check.invalid('runDirectory', expected, base, 'name one, e.g. runs')
  }
  if (isAbsolute(path) || /^\.\.([/\\]|$)/.test(normalize(path))) {
    throw check.invalid('path', 'a path below the run directory', path, 'shorten it')
  }
  const place = {
    base: absolutePath(expandBase(packageName, base, rank), cwd),
    rank: together ? { ...rank, attempt: 0 } : rank,
  }
  jobKey(place.rank, { package: packageName, at: 'option "runDirectory"' })
  return place
}

/** An attempt has a run directory of its own, not a folder. */
function expandBase(packageName: string, base: string, rank: ResolvedRank): string {
  const context = { package: packageName, option: 'runDirectory', attemptFolder: false }
  return dirname(expandPath(join(base, 'version'), rank, context))
}
