import { closeSync, fstatSync, readdirSync, readSync, type Stats, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { openRegularFile } from 'pino-rank-lines/system'
import { readNameOf } from './log-names.ts'

const chunk = 2 ** 16
const nothing = Buffer.alloc(0)

/** An open log that may grow, be rotated or be truncated. */
export class FollowedFile {
  readonly #path: string
  readonly #fd: number
  readonly #id: string
  #at = 0
  /** Identities of the rotated files that are older than this file. */
  #earlier: Set<string>

  /**
   * Opens the file at a path, positioned at its last `lines` lines. Returns undefined if there is no file.
   *
   * @throws EINVAL if it is not a regular file, or the system's error
   */
  static open(path: string, lines: number): FollowedFile | undefined {
    return FollowedFile.#open(path, path, lines)
  }

  /**
   * Opens the files that have had the path since `file` had it, oldest first. Returns none if `file` still has the path, or if
   * no file has it.
   *
   * @throws like {@link open}
   */
  static openAll(path: string, file: FollowedFile | undefined): FollowedFile[] {
    if (file && idAt(path) === file.#id) return []
    const newest = FollowedFile.#open(path, path, Infinity)
    if (!newest) return []
    if (!file) return [newest]
    const moved = rotatedWithIds(path)
    const end = moved.findIndex(([, id]) => id === newest.#id)
    const between = moved.slice(0, end === -1 ? moved.length : end).filter(([, id]) => !file.#isKnown(id))
    const opened = between.flatMap(([name]) => FollowedFile.#open(path, name, Infinity) ?? [])
    return [...opened, newest]
  }

  static #open(path: string, name: string, lines: number): FollowedFile | undefined {
    try {
      return new FollowedFile(path, openRegularFile(name), lines)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
  }

  private constructor(path: string, fd: number, lines: number) {
    const found = fstatSync(fd)
    this.#path = path
    this.#fd = fd
    this.#id = idOf(found)
    this.#earlier = new Set(rotatedWithIds(path).map(([, id]) => id))
    if (lines !== Infinity) this.#at = lastLines(fd, found.size, lines)
  }

  /** Returns the next bytes; an empty buffer at the current end of the file. @throws the system's error */
  read(): Buffer {
    const length = Math.min(chunk, fstatSync(this.#fd).size - this.#at)
    if (length <= 0) return nothing
    const bytes = Buffer.allocUnsafe(length)
    const read = readSync(this.#fd, bytes, 0, length, this.#at)
    this.#at += read
    return bytes.subarray(0, read)
  }

  /** Goes back to the beginning of the file if it was truncated. Returns whether it was. */
  restart(): boolean {
    if (fstatSync(this.#fd).size >= this.#at) return false
    this.#at = 0
    this.#earlier = new Set(rotatedWithIds(this.#path).map(([, id]) => id)) // one of them may be a copy of this file
    return true
  }

  close(): void {
    closeSync(this.#fd)
  }

  #isKnown(id: string): boolean {
    return id === this.#id || this.#earlier.has(id)
  }
}

/**
 * Returns the path and identity of a log's rotated files that are not compressed, oldest first. The order is that of their
 * modification times, which a rotation does not change.
 */
function rotatedWithIds(path: string): [name: string, id: string][] {
  const [folder, log] = [dirname(path), basename(path)]
  const rotated = namesIn(folder).filter((name) => name !== log && readNameOf(log, name)?.isCompressed === false)
  const found = rotated.flatMap((name) => {
    const stats = statAt(join(folder, name))
    return stats?.isFile() ? [{ path: join(folder, name), stats }] : []
  })
  return found
    .sort((a, b) => a.stats.mtimeMs - b.stats.mtimeMs)
    .map(({ path, stats }): [string, string] => [path, idOf(stats)])
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return [] // a user may be allowed to open the files of a folder and not to list them
  }
}

function statAt(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch {
    return undefined // for example a link to itself
  }
}

function idAt(path: string): string | undefined {
  const found = statAt(path)
  return found && idOf(found)
}

function idOf({ dev, ino }: { dev: number; ino: number }): string {
  return `${dev} ${ino}`
}

/** Returns the offset of the last `lines` whole lines. Searches only the last MiB. */
function lastLines(fd: number, size: number, lines: number): number {
  const length = Math.min(size, 2 ** 20)
  const bytes = Buffer.allocUnsafe(length)
  readSync(fd, bytes, 0, length, size - length)
  let at = bytes.lastIndexOf(10) + 1
  for (let count = 0; count < lines && at > 0; count++) at = at < 2 ? 0 : bytes.lastIndexOf(10, at - 2) + 1
  return size - length + at
}
