import { isAbsolute } from 'node:path'
import { type LineSink, wholePiece } from 'pino-rank-lines'
import {
  type Clock,
  type Disk,
  type FilePlace,
  type FileState,
  isSameFile,
  type Rotation,
  systemClock,
  systemDisk,
} from 'pino-rank-lines/system'
import type { AppendFileOptions, FileLocation } from './append-file-options.ts'
import { FileEnd } from './file-end.ts'
import { SplitWrites } from './split-writes.ts'

/** How often in a row one line may be cut. Beyond it the file system is at fault, and the writer backs off. */
const maxCuts = 8

/** How often the file's name is looked up, in ms, if there is no rotation. */
const checkNameEveryMs = 1000

/**
 * The sink of a {@link LineWriter}: one file that several processes of a host may share. It is opened at the first byte. Each
 * batch is one write under O_APPEND, which Linux and macOS keep together on a local file.
 *
 * A short write (a disk that is nearly full, RLIMIT_FSIZE, a signal) leaves a fragment. Continuing it could land behind another
 * process's line, so the fragment is ended in place and its whole line is written again. If it cannot be ended in place, it gets
 * its newline with the next write.
 *
 * On a full disk, room that is made at the wrong moment splits a write: another process's line gets between its parts. So while
 * space is low, each write is checked (40 µs), and lines that were cut are written again.
 *
 * A fragment that a killed process left at the end of the file gets its newline before the first line. Processes that open the
 * file at the same moment may both write one, which leaves an empty line.
 *
 * If another program renames or removes the file, the name is opened again within a second. If the disk has no free inode, lines
 * are appended to the renamed file, but never to a removed one. A pipe or device gets pieces of at most PIPE_BUF bytes.
 */
export class AppendFile implements LineSink {
  readonly #options: AppendFileOptions
  readonly #clock: Clock
  #place: FilePlace
  #disk: Disk
  #rotation: Rotation | undefined
  /** Set until the file is located. */
  #locate: (() => FileLocation) | undefined
  #fd: number | undefined
  #file: FileState | undefined
  #nextCheckAt = 0
  /** Until then a line may be written with nothing before and behind it. */
  #quietUntil = Number.NEGATIVE_INFINITY
  /** Set while the name cannot be opened: the time of the next try and the number of failures. */
  #reopenRetry = { until: Number.NEGATIVE_INFINITY, failures: 0 }
  readonly #end: FileEnd
  #cuts = 0
  readonly #splitWrites: SplitWrites
  #unsynced = false

  constructor(place: FilePlace, options: AppendFileOptions = {}) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#place = place
    this.#disk = options.disk ?? systemDisk
    this.#rotation = options.rotation
    this.#locate = options.locate
    this.#end = new FileEnd(options.onGlued)
    this.#splitWrites = new SplitWrites(this.#clock, options.onGlued)
  }

  /** The file's path; undefined as long as its run directory is not claimed. */
  get path(): string | undefined {
    return isAbsolute(this.#place.path) ? this.#place.path : undefined
  }

  write(lines: Buffer): number {
    this.#splitWrites.rewrite(this.#append)
    const whole = this.#append(lines)
    this.#cuts = whole > 0 ? 0 : this.#cuts + 1
    if (this.#cuts === maxCuts) {
      this.#cuts = 0
      throw new Error('every write is cut short')
    }
    this.#splitWrites.tryRewrite(this.#append)
    this.#quietUntil = this.#nextLook()
    return whole
  }

  writeLine(line: string, bytes: number, now: number): number {
    if (now >= this.#quietUntil) return 0
    const written = this.#disk.write(this.#fd as number, line)
    this.#unsynced = true
    if (written === bytes) return bytes
    this.#quietUntil = Number.NEGATIVE_INFINITY
    this.#splitWrites.noteRefusal()
    return this.#endWrite(this.#fd as number, Buffer.from(line), written, this.#clock.now())
  }

  /** Syncs what was written, also by a writer thread. With `soon` it returns at once, and `soon` gets the error. */
  sync(soon?: (error: Error | null) => void): void {
    if (!this.#unsynced) return
    try {
      const fd = this.#fd ?? this.#open(this.#clock.now())
      if (this.#file?.regular) this.#disk.sync(fd, soon)
      this.#unsynced = false
    } catch (error) {
      if (!soon) throw error
      soon(error as Error)
    }
  }

  /** Rotates the open file, if there is a rotation. An error is reported by the next line. */
  rotate(): void {
    if (!this.#rotation?.request || this.#fd === undefined || !this.#file) return
    this.#rotation.request(this.#file)
    try {
      this.#open(this.#clock.now())
    } catch {
      // the next batch opens the name again, and reports what is wrong
    }
  }

  moveTo(file: string): void {
    const moved = this.#options.relocate?.(file)
    if (!moved) return
    this.#rotation?.end?.()
    this.close()
    this.#place = moved.place
    this.#locate = moved.locate
  }

  /** Called when no more lines follow. */
  end(): void {
    const lost = this.#splitWrites.tryRewrite(this.#append)
    if (lost > 0) this.#options.onLost?.(lost)
    this.#rotation?.end?.()
  }

  /** Keeps a pipe or a device open: while a named pipe has no writer, its reader finds the end. */
  release(): void {
    this.#rotation?.release?.()
    if (this.#file?.regular !== false) this.close()
    this.#unsynced = true // what the thread writes
  }

  close(): void {
    if (this.#fd === undefined) return
    this.#end.leave()
    if (this.#options.durable) this.sync()
    this.#disk.close(this.#fd)
    this.#fd = undefined
    this.#quietUntil = Number.NEGATIVE_INFINITY
  }

  /** Writes the first of these lines, and returns their number of bytes. */
  readonly #append = (lines: Buffer): number => {
    const now = this.#clock.now()
    const fd = this.#open(now)
    const piece = this.#file?.regular ? lines : wholePiece(lines)
    return this.#endWrite(fd, piece, this.#writeOnce(fd, piece), now)
  }

  /** Returns when the name or the disk's space has to be looked at again; -Infinity: with each write. */
  #nextLook(): number {
    const isPlain = this.#file?.regular && !this.#rotation && this.#end.isWhole && this.#reopenRetry.failures === 0
    return isPlain ? Math.min(this.#nextCheckAt, this.#splitWrites.nextCheckAt) : Number.NEGATIVE_INFINITY
  }

  /** Returns how many bytes of whole lines a write took. */
  #endWrite(fd: number, piece: Buffer, written: number, now: number): number {
    const regular = this.#file?.regular === true
    const lastPart = regular
      ? this.#splitWrites.check(this.#disk, fd, this.#place.path, piece.subarray(0, written), now)
      : 0
    if (written === piece.length) return written
    return this.#end.endShortWrite({ disk: this.#disk, fd, regular }, piece, written, lastPart)
  }

  #writeOnce(fd: number, piece: Buffer): number {
    let written = 0
    try {
      written = this.#end.write({ disk: this.#disk, fd, regular: this.#file?.regular === true }, piece)
    } finally {
      if (written < piece.length) this.#splitWrites.noteRefusal()
    }
    this.#unsynced = true
    return written
  }

  /** Returns the descriptor of the file that has the name now. */
  #open(now: number): number {
    const open = this.#fd
    if (open !== undefined && (now < this.#reopenRetry.until || !this.#isStale(now))) return open
    if (this.#locate) this.#setLocation(this.#locate())
    const isSwitched = this.#switchFile()
    const isSwitchedAgain = isSwitched && this.#rotation !== undefined && this.#isStale(now) && this.#switchFile()
    if (isSwitchedAgain || (isSwitched && open !== undefined)) this.#options.onMove?.()
    return this.#fd as number
  }

  #setLocation({ path, disk = this.#disk, rotation }: FileLocation): void {
    this.#place = { ...this.#place, path }
    this.#disk = disk
    this.#rotation = rotation
    this.#locate = undefined
  }

  /** Opens the name and closes the previous file. Returns false if that fails: lines are then appended to the previous file. */
  #switchFile(): boolean {
    const fd = this.#openName()
    if (fd === undefined) return false
    this.close()
    this.#fd = fd
    this.#file = this.#disk.stateOf(fd)
    this.#end.reset(this.#file.regular && this.#disk.isTorn(fd, this.#file, this.#place.path))
    this.#reopenRetry = { until: Number.NEGATIVE_INFINITY, failures: 0 }
    this.#nextCheckAt = this.#clock.now() + checkNameEveryMs
    if (this.#options.durable && this.#file.size === 0) this.#disk.syncFolder(this.#place.path)
    return true
  }

  #openName(): number | undefined {
    try {
      return this.#disk.open(this.#place)
    } catch (error) {
      if (this.#fd === undefined) throw error
      const { code } = error as NodeJS.ErrnoException
      const { nlink = 0 } = this.#disk.stateOf(this.#fd)
      if (nlink === 0 || (code !== 'ENOSPC' && code !== 'EDQUOT')) {
        this.close() // a removed file takes no line; closing it frees a descriptor and an inode
        return this.#disk.open(this.#place)
      }
      this.#reopenRetry = { until: this.#clock.now() + checkNameEveryMs, failures: this.#reopenRetry.failures + 1 }
      if (this.#reopenRetry.failures === 2) this.#options.onStay?.(error as Error) // the first failure may only mean that another rank is creating the file
      return undefined
    }
  }

  /** Reports whether the name belongs to another file now. */
  #isStale(now: number): boolean {
    const open = this.#file
    if (!open?.regular || (!this.#rotation && now < this.#nextCheckAt)) return false
    this.#nextCheckAt = now + checkNameEveryMs
    const found = this.#disk.stateAt(this.#place.path)
    if (!found || !isSameFile(found, open)) return true
    if (found.size < open.size) this.#options.onTruncate?.(this.#place.path)
    this.#file = found
    return this.#rotation?.rotate(found) ?? false
  }
}
