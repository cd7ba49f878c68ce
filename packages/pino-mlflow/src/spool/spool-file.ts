import { closeSync, constants, existsSync, fstatSync, ftruncateSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs' // biome-ignore format: one line
import { join } from 'node:path'
import { writeAll } from 'pino-rank-lines/system'
import { spoolName } from './spool-name.ts'

/** O_NOFOLLOW and O_NONBLOCK exist only on Unix, and so do FIFOs. */
const { O_CREAT, O_EXCL, O_NOFOLLOW = 0, O_NONBLOCK = 0, O_RDONLY, O_RDWR, O_WRONLY } = constants

const chunkBytes = 2 ** 18

/** A line of a spool. */
export interface SpoolLine {
  text: string
  /** The offset behind the line. Reading continues there. */
  end: number
}

/** A spool file that this process holds. Only the holder appends to it, sends it and removes it. */
export class SpoolFile {
  /** The id of the run. */
  readonly id: string
  readonly path: string
  readonly #folder: string
  readonly #uid: number
  readonly #renewal: NodeJS.Timeout
  /** True if a failed write may have left part of a line. */
  #isTorn = false

  private constructor(folder: string, id: string, path: string, uid: number, renewMs: number) {
    this.#folder = folder
    this.id = id
    this.path = path
    this.#uid = uid
    this.#renewal = setInterval(() => this.#renew(), renewMs).unref()
  }

  /** Creates the file of a run with its first lines, or not at all. @throws the system's error */
  static create(folder: string, id: string, text: string, renewMs: number): SpoolFile {
    const path = join(folder, spoolName(id, 'this process'))
    const fd = openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o640)
    const { uid } = fstatSync(fd)
    closeSync(fd)
    const file = new SpoolFile(folder, id, path, uid, renewMs)
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
  static take(folder: string, id: string, name: string, uid: number, renewMs: number): SpoolFile | undefined {
    const taken = join(folder, spoolName(id, 'this process'))
    try {
      // The lease is renewed before the rename, so that no process sees the new name with the old lease.
      renewLease(join(folder, name), uid)
      renameSync(join(folder, name), taken)
    } catch (error) {
      // If a file server carries out a repeated request twice, the second result says that the name is gone.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
      if (!existsSync(taken)) return undefined
    }
    return new SpoolFile(folder, id, taken, uid, renewMs)
  }

  /**
   * Appends whole lines, all of them or none.
   *
   * @returns false if the file was taken from this process, which seemed dead; the lines must then go into a new file
   * @throws the system's error
   */
  append(text: string): boolean {
    let fd: number
    try {
      fd = openOwn(this.path, O_WRONLY, this.#uid)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
      throw error
    }
    try {
      appendWhole(fd, this.#isTorn ? `\n${text}` : text)
      this.#isTorn = false
    } catch (error) {
      this.#isTorn = true
      throw error
    } finally {
      closeSync(fd)
    }
    // a process that took the file meanwhile may have read it before this write
    return !this.isTaken()
  }

  /** Reports whether another process has taken the file, because this process seemed dead. */
  isTaken(): boolean {
    return !existsSync(this.path)
  }

  /** Yields the whole lines from an offset on, in little memory. Leaves out a partial last line, whose writer was killed. */
  *lines(from = 0): Generator<SpoolLine> {
    const fd = openOwn(this.path, O_RDONLY, this.#uid)
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

  /** Releases the file unsent. Any process may take it then. */
  release(): void {
    clearInterval(this.#renewal)
    try {
      renameSync(this.path, join(this.#folder, spoolName(this.id, 'free')))
    } catch {
      // The file was taken, or the folder is read-only now. In the second case the file is free once this process has ended.
    }
  }

  /** Removes the file when its lines are sent. @throws the system's error */
  remove(): void {
    clearInterval(this.#renewal)
    rmSync(this.path, { force: true })
  }

  #renew(): void {
    try {
      renewLease(this.path, this.#uid)
    } catch {
      // The file was taken, which the next append notices, or the disk refused, and the next renewal may succeed.
    }
  }
}

/** Opens a regular file of this user without blocking. Refuses links, FIFOs and devices. @throws the system's error */
function openOwn(path: string, access: number, uid: number): number {
  const fd = openSync(path, access | O_NOFOLLOW | O_NONBLOCK)
  const file = fstatSync(fd)
  if (file.isFile() && file.uid === uid) return fd
  closeSync(fd)
  throw new Error(`${path} is no file of this user's`)
}

function appendWhole(fd: number, text: string): void {
  const { size } = fstatSync(fd)
  const bytes = Buffer.from(text)
  try {
    writeAll(fd, bytes, { position: size })
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
  const fd = openOwn(path, O_RDWR, uid)
  try {
    const first = Buffer.alloc(1)
    if (readSync(fd, first, 0, 1, 0) === 1) writeSync(fd, first, 0, 1, 0)
  } finally {
    closeSync(fd)
  }
}
