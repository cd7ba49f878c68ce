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

/** Where the lines go. */
export interface PlaceOptions {
  /** The file; may hold placeholders: `{rank}`, `{localRank}`, `{runKey}`, `{time}` and others. */
  path: string
  /**
   * A folder in which each run gets a directory of its own, `version_N`; `path` is then relative to that. Claimed when
   * the file is opened: a listing, and a read for each run that is there. @default none
   */
  runDirectory?: string
  /** Give each restart of the job a folder `attempt-N/`, or a run directory. @default true */
  attemptFolder?: boolean
  /** Make the missing folders above the file: one system call when it is opened. @default true */
  mkdir?: boolean
  /** Permission bits of a new file, before the umask; who may read it may enter a new folder. @default 0o640 */
  mode?: number
  /**
   * `false`: refuse a file that is a symbolic link, and one that a link takes out of the folder that `path` fixes: the
   * working directory, or what an absolute path has before its first placeholder. Six more system calls when the file is
   * opened. @default true
   */
  followSymlinks?: boolean
}

/** Where the lines go, checked and complete. */
export interface PlaceSettings extends FilePlace {
  /** `path` is relative to this run's directory. */
  run?: RunDirectorySetting | undefined
}

export const placeOptionKeys: readonly string[] = [
  ...['path', 'mkdir', 'mode', 'runDirectory', 'attemptFolder', 'followSymlinks'],
]

/** Fills in a path's placeholders. */
export type Expand = (template: string, context: Pick<PathContext, 'attemptFolder'>) => string

/**
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
 * Returns the folder that a template fixes: the working directory if the template is relative and stays in it, else the
 * folders before the first placeholder. Folders below it may be named by others.
 */
export function fixedFolder(template: string, cwd = ''): string {
  const folder = dirname(resolve(cwd, `${template.slice(0, template.search(/\{|$/))}x`))
  return isAbsolute(template) || relative(cwd, folder).startsWith('..') ? folder : resolve(cwd)
}
