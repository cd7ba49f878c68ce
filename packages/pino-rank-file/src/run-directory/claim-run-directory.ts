import { lstatSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  absolutePath,
  type JobKey,
  jobKey,
  OptionChecker,
  type ResolvedRank,
  type RunDirectorySetting,
  resolveRank,
} from 'pino-rank/sink'
import { fileMode, folderMode, makeFolder, probeFile, useInside } from 'pino-rank-lines/system'
import { isOurs, newMark, runMarkName } from './run-mark.ts'
import { claimName, removeStaleClaims } from './stale-claims.ts'

/** Options of {@link claimRunDirectory}. */
export interface RunDirectoryOptions {
  /** The rank of the caller. Needed only in a worker thread under node:cluster. @default from the environment */
  rank?: ResolvedRank | undefined
  /** The start of a directory's name, before `_N`. @default 'version' */
  name?: string | undefined
  /** Permission bits of the files in it, before the umask. Users who may read them may enter the directory. @default 0o640 */
  mode?: number | undefined
  /** The package name in error messages. @default 'pino-rank-file' */
  package?: string | undefined
}

/**
 * Returns the absolute path of the directory of this job's attempt, `base/version_N`. The first rank that calls this
 * creates the directory, and the others find it by their run key, without a message, a lock or a wait. It never belongs
 * to another job. The trainer and its sinks get the same directory, on any thread. A process without a launcher gets a
 * new one.
 *
 * Call it at any time, and any number of times. Each call lists `base` and reads a small file in each run. The first
 * rank also makes a folder and a file `.run.json`, and renames the folder. So a directory never appears without its
 * mark.
 *
 * @throws {RankError} RANK_FIELD_MISSING if the ranks have no run key to agree by; OPTION_INVALID for `name` and `mode`
 * @throws the system's error if `base` cannot be read or written
 */
export function claimRunDirectory(base: string, options: RunDirectoryOptions = {}): string {
  const { name = 'version', package: packageName = 'pino-rank-file' } = options
  const mode = fileMode(packageName, options.mode ?? 0o640)
  if (!/^[\w-]+$/.test(name)) {
    throw new OptionChecker(packageName, 'give some').invalid('name', 'letters, digits, _ and -', name)
  }
  const key = jobKey(resolveRank({ rank: options.rank }), { package: packageName, at: 'run directory' })
  const uid = process.getuid?.() ?? 0
  const runs = new Runs(absolutePath(base), name)
  return runs.find(key, uid) ?? claim(runs, key, mode)
}

/** Claims and returns this job's directory, for files with that mode. Throws what {@link claimRunDirectory} throws. */
export function runDirectory({ base, rank }: RunDirectorySetting, mode: number, within?: string): string {
  const claim = () => claimRunDirectory(base, { rank, mode })
  const path = join(base, 'version')
  return within ? useInside({ path, within, folders: folderMode(mode) }, claim) : claim()
}

/** The numbered directories of a base. */
class Runs {
  readonly base: string
  readonly #prefix: string

  constructor(base: string, name: string) {
    this.base = base
    this.#prefix = `${name}_`
  }

  at(number: number): string {
    return join(this.base, this.#prefix + number)
  }

  /**
   * Returns the numbers of the directories, highest first, because the newest is probably ours. The numbers of removed
   * directories are not used again.
   */
  numbers(): number[] {
    const rest = this.#names().flatMap((name) => (name.startsWith(this.#prefix) ? name.slice(this.#prefix.length) : []))
    return rest
      .filter((text) => /^(0|[1-9]\d{0,14})$/.test(text))
      .map(Number)
      .sort((a, b) => b - a)
  }

  find(key: JobKey | undefined, uid: number): string | undefined {
    const found = this.numbers().find((number) => this.isOurs(number, key, uid))
    return found === undefined ? undefined : this.at(found)
  }

  isOurs(number: number, key: JobKey | undefined, uid: number): boolean {
    return isOurs(this.at(number), key, uid, () => fileTime(this.base))
  }

  #names(): string[] {
    try {
      return readdirSync(this.base)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
      throw error
    }
  }
}

/**
 * Makes a directory with its mark under a hidden name, and renames it to the next number. If another rank has just made
 * that directory, the rename fails, and its mark is checked. A killed process leaves its hidden directory behind. The
 * next claim removes it if that process is certainly dead.
 */
function claim(runs: Runs, key: JobKey | undefined, mode: number): string {
  makeFolder(runs.base, folderMode(mode))
  const hidden = join(runs.base, claimName())
  mkdirSync(hidden, { mode: folderMode(mode) })
  try {
    writeFileSync(join(hidden, runMarkName), `${JSON.stringify(newMark(key))}\n`, { flag: 'wx', mode })
    const { uid } = lstatSync(hidden) // some file systems assign all files to one user, whoever creates them
    removeStaleClaims(runs.base, uid)
    // A listing may miss directories that are made while it runs, even with lower numbers. So list once more.
    const [last = -1] = runs.numbers()
    const found = runs.find(key, uid)
    if (found !== undefined) return found
    for (let number = last + 1; ; number++) {
      if (tryRename(hidden, runs.at(number))) return runs.at(number)
      if (runs.isOurs(number, key, uid)) return runs.at(number)
    }
  } finally {
    rmSync(hidden, { recursive: true, force: true })
  }
}

/**
 * Returns the time of the clock that dates the files in a folder, in ms since 1970. It may be a file server's clock. If
 * no file can be created in the folder, returns this machine's time. If the process is killed meanwhile, the next claim
 * removes the probe file.
 */
function fileTime(folder: string): number {
  try {
    return probeFile(join(folder, claimName())).now
  } catch {
    return Date.now()
  }
}

/** Renames a directory. Returns false if the new name is taken. An empty directory does not count. */
function tryRename(from: string, to: string): boolean {
  try {
    renameSync(from, to)
    return true
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (takenCodes.includes(code)) return false
    if (forbiddenCodes.includes(code) && lstatSync(to, { throwIfNoEntry: false })) return false
    throw error
  }
}

const takenCodes = ['ENOTEMPTY', 'EEXIST', 'ENOTDIR', 'EISDIR']

/** Error codes for another user's directory under a sticky bit, and on Windows for any directory. */
const forbiddenCodes = ['EPERM', 'EACCES']
