import { dirname, isAbsolute, join, normalize } from 'node:path'
import type { OptionChecker } from '../errors/index.ts'
import { absolutePath } from '../process/index.ts'
import { jobKey, type ResolvedRank } from '../rank/index.ts'
import { expandPath, filePathOption } from './expand-path.ts'

/** How a path of an option is resolved. */
export interface PathOptions {
  /** Folder that a relative path is resolved against. @default the working directory */
  cwd?: string | undefined
  /** True gives each attempt above 0 a folder of its own. @default false */
  attemptFolder?: boolean
}

/**
 * Returns the absolute path of a file that an option names, with its placeholders filled in. A later `process.chdir` moves no file.
 *
 * @throws {RankError} OPTION_INVALID, PATH_PLACEHOLDER, RANK_FIELD_MISSING
 */
export function pathOption(
  check: OptionChecker,
  option: string,
  template: string,
  rank: ResolvedRank,
  { cwd, attemptFolder = false }: PathOptions = {},
): string {
  return absolutePath(expandPath(template, rank, { package: check.packageName, option, attemptFolder }), cwd)
}

/** The setting of a run directory, which is claimed when its first file is opened. Plain data. */
export interface RunDirectorySetting {
  /** The absolute path of the folder that has the run directories in it. */
  base: string
  /** The rank, of attempt 0 if all attempts share a directory. */
  rank: ResolvedRank
}

/** How the option `runDirectory` is resolved. */
export interface RunDirectoryContext extends PathOptions {
  /** The file in the run directory, as the option `path` names it. @default not checked */
  path?: string
}

/**
 * Returns the setting of the option `runDirectory`. Claims nothing. Checks that `path` stays in the run directory, and that the ranks can
 * agree on a directory.
 *
 * @throws {RankError} OPTION_INVALID, PATH_PLACEHOLDER, RANK_FIELD_MISSING
 */
export function runDirectoryOption(
  check: OptionChecker,
  runDirectory: unknown,
  rank: ResolvedRank,
  { path, cwd, attemptFolder = false }: RunDirectoryContext,
): RunDirectorySetting {
  const option = 'runDirectory'
  if (typeof runDirectory !== 'string' || runDirectory === '') {
    throw check.invalid(option, 'a folder for the directories of all runs', runDirectory, 'name one, e.g. runs')
  }
  if (path !== undefined && leavesFolder(filePathOption(check, 'path', path))) {
    throw check.invalid('path', 'a path below the run directory', path, 'shorten it')
  }
  // an attempt has a run directory of its own, not a folder
  const context = { package: check.packageName, option, attemptFolder: false }
  const base = absolutePath(dirname(expandPath(join(runDirectory, 'version'), rank, context)), cwd)
  jobKey(rank, { package: check.packageName, at: `option "${option}"` })
  return { base, rank: attemptFolder ? rank : { ...rank, attempt: 0 } }
}

function leavesFolder(path: string): boolean {
  return isAbsolute(path) || /^\.\.([/\\]|$)/.test(normalize(path))
}
