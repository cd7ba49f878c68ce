import { closeSync, constants, existsSync, fstatSync, ftruncateSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs' // biome-ignore format: one line
import { join } from 'node:path'
import { writeAll } from '../system/index.ts'
import { spoolName } from './spool-name.ts'

/** O_NOFOLLOW and O_NONBLOCK exist only on Unix, and so do FIFOs. */
const { O_CREAT, O_EXCL, O_NOFOLLOW = 0, O_NONBLOCK = 0, O_RDONLY, O_RDWR, O_WRONLY } = constants

const chunkBytes = 2 ** 18

/** Permission bits of a spool file, before the umask. */
export const spoolMode = 0o640

/** A line of a spool. */
export interface SpoolLine {
  text: string
  /** The offset after the line, at which reading continues. */
  end: number
}

/** The folder of spool files, and their common settings. */
export interface SpoolPlace {
  path: string
  /** The start of the files' names. */
  prefix: string
  /** How often a holder renews its file, in ms. */
  renewMs: number
}

/** A spool file that this process holds. Only the holder appends to it, sends it and removes it. */
export class SpoolFile {
  /** The id of its queue. */
  readonly id: string
  readonly path: string
  readonly #place: SpoolPlace
  readonly #uid: number
  readonly #renewal: NodeJS.Timeout
  /** True if a failed write may have left part of a line. */
  #isTorn = false
  /** The end of the last append. */
  #size = 0

  private constructor(place: SpoolPlace, id: string, path: string, uid: number) {
    this.#place = place
    this.id = id
    this.path = path
    this.#uid = uid
    this.#renewal = setInterval(() => this.#renew(), place.renewMs).unref()
  }

  /** Creates a file with its first lines, or not at all. @throws the system's error */
  static create(place: SpoolPlace, id: string, text: string): SpoolFile {
    const path = join(place.path, spoolName(place.prefix, id, 'this process'))
    const fd = openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, spoolMode)
    const { uid } = fstatSync(fd)
    closeSync(fd)
    const file = new SpoolFile(place, id, path, uid)
    try {
      file.append(text)
      return file
    } catch (error) {
      file.remove()
      throw error
    }
  }

  /**
   * Takes a file from a dead holder. Returns undefined if another process was faster, or if the file no longer exists.
   *
   * @param uid the owner that files of this process have there; a file of another owner is never read
   * @throws the system's error
   */
  static take(place: SpoolPlace, id: string, name: string, uid: number): SpoolFile | undefined {
    const { path: folder, prefix } = place
    const taken = join(folder, spoolName(prefix, id, 'this process'))
    try {
      // The lease is renewed before the rename, so that no process sees the new name with the old lease.
      renewLease(join(folder, name), uid)
      renameSync(join(folder, name), taken)
    } catch (error) {
      // If a file server carries out a repeated request twice, the second result says that the name is gone.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
      if (!existsSync(taken)) return undefined
    }
    return new SpoolFile(place, id, taken, uid)
  }

  /** The number of bytes that this process has appended. */
  get size(): number {
    return this.#size
  }

  /**
   * Appends whole lines, all of them or none. They survive any end of the process.
   *
   * @returns false if another process has taken the file, because this process seemed dead; the lines must then go into a new
   * file
   * @throws the system's error
   */
  append(text: string): boolean {
    let file: OpenFile
    try {
      file = openOwn(this.path, O_WRONLY, this.#uid)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
      throw error
    }
    try {
      this.#size = appendWhole(file, this.#isTorn ? `\n${text}` : text)
      this.#isTorn = false
    } catch (error) {
      this.#isTorn = true
      throw error
    } finally {
      closeSync(file.fd) // on a network file system this is when other hosts see the lines
    }
    // a process that took the file meanwhile may have read it before this write
    return !this.isTaken()
  }

  /** Reports whether another process has taken the file, because this process seemed dead. */
  isTaken(): boolean {
    return !existsSync(this.path)
  }

  /**
   * Yields the whole lines from an offset on, also those that are appended during the iteration, and needs little memory for it.
   * Skips a partial last line, whose writer was killed.
   */
  *lines(from = 0): Generator<SpoolLine> {
    const { fd } = openOwn(this.path, O_RDONLY, this.#uid)
    try {
      const chunk = Buffer.allocUnsafe(chunkBytes)
      let head: Buffer[] = []
      let end = from
      for (let at = from; ; ) {
        const read = readSync(fd, chunk, 0, chunkBytes, at)
        if (read === 0) return
        let start = 0
        for (let stop = chunk.indexOf(10); stop !== -1 && stop < read; stop = chunk.indexOf(10, start)) {
          const text = Buffer.concat([...head, chunk.subarray(start, stop)]).toString()
          head = []
          start = stop + 1
          end = at + start
          if (text !== '') yield { text, end }
        }
        if (start < read) head.push(Buffer.from(chunk.subarray(start, read)))
        at += read
      }
    } finally {
      closeSync(fd)
    }
  }

  /** Releases the file before it is sent. Any process may then take it. */
  release(): void {
    clearInterval(this.#renewal)
    try {
      renameSync(this.path, join(this.#place.path, spoolName(this.#place.prefix, this.id, 'free')))
    } catch {
      // The file was taken, or the folder is read-only now. In the second case the file is free once this process has ended.
    }
  }

  /** Removes the file. Called when its lines are sent. @throws the system's error */
  remove(): void {
    rmSync(this.path, { force: true })
    clearInterval(this.#renewal)
  }

  #renew(): void {
    try {
      renewLease(this.path, this.#uid)
    } catch {
      // The file was taken, which the next append notices, or the disk refused, and the next renewal may succeed.
    }
  }
}

interface OpenFile {
  fd: number
  /** In bytes. */
  size: number
}

/** Opens a regular file of this user without blocking. Refuses links, FIFOs and devices. @throws the system's error */
function openOwn(path: string, access: number, uid: number): OpenFile {
  const fd = openSync(path, access | O_NOFOLLOW | O_NONBLOCK)
  const file = fstatSync(fd)
  if (file.isFile() && file.uid === uid) return { fd, size: file.size }
  closeSync(fd)
  throw new Error(`${path} is not a regular file of this user`)
}

/** Appends the text, all of it or nothing. Returns the new size of the file. */
function appendWhole({ fd, size }: OpenFile, text: string): number {
  const bytes = Buffer.from(text)
  try {
    writeAll(fd, bytes, { position: size })
    return size + bytes.length
  } catch (error) {
    ftruncateSync(fd, size)
    throw error
  }
}

/**
 * Rewrites the first byte, so that the file system's own clock sets the mtime; utimes(2) could not. It works on a full disk
 * too.
 */
function renewLease(path: string, uid: number): void {
  const { fd } = openOwn(path, O_RDWR, uid)
  try {
    const first = Buffer.alloc(1)
    if (readSync(fd, first, 0, 1, 0) === 1) writeSync(fd, first, 0, 1, 0)
  } finally {
    closeSync(fd)
  }
}
