import { dirname, isAbsolute, join, relative, resolve } from 'node:path'
import {
  absolutePath,
  filePathOption,
  OptionChecker,
  type PathContext,
  type ResolvedRank,
  type RunDirectorySetting,
  runDirectoryOption,
} from 'pino-rank/sink'
import type { FilePlace } from 'pino-rank-lines/system'
import { fileMode } from 'pino-rank-lines/system'

/** Options for the place of the file. */
export interface PlaceOptions {
  /** Path of the file. It may have placeholders: `{rank}`, `{localRank}`, `{runKey}`, `{time}` and others. */
  path: string
  /**
   * A folder in which each run gets a directory of its own, `version_N`. `path` is then relative to that directory. It is
   * claimed when the file is opened, which costs a listing and a read for each run. @default none
   */
  runDirectory?: string
  /** Each restart of the job writes to a folder `attempt-N/`, or to a run directory of its own. @default true */
  attemptFolder?: boolean
  /** Make missing folders above the file. Costs one system call when the file is opened. @default true */
  mkdir?: boolean
  /** Permission bits of a new file, before the umask. Users who may read it may enter new folders. @default 0o640 */
  mode?: number
  /**
   * `false`: refuse a file that is a symbolic link, or that a symbolic link takes out of the fixed folder. That is the
   * working directory or, for an absolute path, the folders before its first placeholder. Costs some system calls when
   * the file is opened. @default true
   */
  followSymlinks?: boolean
}

/** {@link PlaceOptions}, validated and complete. */
export interface PlaceSettings extends FilePlace {
  /** Set if `path` is relative to a run directory. */
  run?: RunDirectorySetting | undefined
}

export const placeOptionKeys: readonly string[] = [
  ...['path', 'mkdir', 'mode', 'runDirectory', 'attemptFolder', 'followSymlinks'],
]

/** Fills in a path's placeholders. */
export type Expand = (template: string, context: Pick<PathContext, 'attemptFolder'>) => string

/**
 * Validates the options and fills in defaults.
 *
 * @param cwd folder that relative paths are resolved against. @default the working directory
 * @throws {RankError} OPTION_INVALID, RANK_FIELD_MISSING, and what `expand` throws
 */
export function placeSettings(
  packageName: string,
  options: PlaceOptions,
  rank: ResolvedRank,
  expand: Expand,
  cwd?: string,
): PlaceSettings {
  const { path, mkdir = true, mode = 0o640, followSymlinks = true, attemptFolder = true, runDirectory } = options
  const check = new OptionChecker(packageName)
  filePathOption(check, 'path', path)
  check.flag('attemptFolder', attemptFolder)
  const inRun = runDirectory !== undefined
  const expanded = expand(path, { attemptFolder: attemptFolder && !inRun })
  const settings = {
    path: inRun ? expanded : absolutePath(expanded, cwd),
    mkdir: check.flag('mkdir', mkdir),
    mode: fileMode(packageName, mode),
    run: inRun ? runDirectoryOption(check, runDirectory, rank, { path, cwd, attemptFolder }) : undefined,
  }
  const fixed = inRun ? join(runDirectory, 'version') : path
  return check.flag('followSymlinks', followSymlinks) ? settings : { ...settings, within: fixedFolder(fixed, cwd) }
}

/**
 * Returns the fixed folder of a template: the working directory if the template is relative and stays in it, otherwise
 * the folders before the first placeholder. What follows may contain names that others choose.
 */
export function fixedFolder(template: string, cwd = ''): string {
  const folder = dirname(resolve(cwd, `${template.slice(0, template.search(/\{|$/))}x`))
  return isAbsolute(template) || relative(cwd, folder).startsWith('..') ? folder : resolve(cwd)
}
