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

/** Maximum number of writes in a row that write no whole line. After that a write throws, so that the writer backs off. */
const maxShortWrites = 8

/** How often the path is checked for another file, in ms. With rotation it is checked before each write. */
const checkPathEveryMs = 1000

/**
 * The sink of a {@link LineWriter}: one file that several processes of a host may share. It is opened at the first
 * line. Each batch is one write with O_APPEND. Linux and macOS do not mix such writes in a local file.
 *
 * **Short write.** A nearly full disk, RLIMIT_FSIZE or a signal may leave a fragment of a line. Another process's line
 * could follow before its rest. So the fragment is ended with a newline, and the whole line is written again.
 *
 * **Split write.** If space is freed on a full disk during a write, another process's line may get between its parts.
 * So while space is low, each write is checked, and torn lines are written again.
 *
 * **Torn end.** A killed process may leave a fragment at the end of the file. It gets its newline before our first
 * line. If two processes open the file at the same moment, both may write that newline, which leaves an empty line.
 *
 * **Rename.** If another program renames or removes the file, the path is opened again at the next check. If the disk
 * has no free inode, lines are appended to the renamed file, but never to a removed one. **Pipe or device.** Lines are
 * written in pieces of at most PIPE_BUF bytes, which a pipe keeps whole.
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
  /** Until this time {@link writeLine} may write without a check before or after the write. */
  #uncheckedUntil = Number.NEGATIVE_INFINITY
  /** Set while the path cannot be opened again: the time of the next try, and the number of failures. */
  #reopenRetry = { until: Number.NEGATIVE_INFINITY, failures: 0 }
  readonly #end: FileEnd
  #shortWrites = 0
  readonly #splitWrites: SplitWrites
  #unsynced = false

  constructor(place: FilePlace, options: AppendFileOptions = {}) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#place = place
    this.#disk = options.disk ?? systemDisk
    this.#rotation = options.rotation
    this.#locate = options.locate
    this.#end = new FileEnd(options.onUnterminated)
    this.#splitWrites = new SplitWrites(this.#clock, options.onUnterminated)
  }

  /** The absolute path of the file. Undefined until its run directory is claimed. */
  get path(): string | undefined {
    return isAbsolute(this.#place.path) ? this.#place.path : undefined
  }

  write(lines: Buffer): number {
    this.#splitWrites.rewrite(this.#append)
    const whole = this.#append(lines)
    this.#shortWrites = whole > 0 ? 0 : this.#shortWrites + 1
    if (this.#shortWrites === maxShortWrites) {
      this.#shortWrites = 0
      throw new Error('every write is short: make room on the disk, or raise the file size limit (ulimit -f)')
    }
    this.#splitWrites.tryRewrite(this.#append)
    this.#uncheckedUntil = this.#nextCheck()
    return whole
  }

  writeLine(line: string, bytes: number, now: number): number {
    if (now >= this.#uncheckedUntil) return 0
    const written = this.#disk.write(this.#fd as number, line)
    this.#unsynced = true
    if (written === bytes) return bytes
    this.#uncheckedUntil = Number.NEGATIVE_INFINITY
    this.#splitWrites.noteRefusal()
    return this.#handleWrite(this.#fd as number, Buffer.from(line), written, this.#clock.now())
  }

  /** Syncs written lines to the disk, also those of a writer thread. With the callback `soon` it does not wait for the disk. */
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

  /** Rotates the open file, if there is a rotation. It does not throw: the next write throws the error. */
  rotate(): void {
    if (!this.#rotation?.request || this.#fd === undefined || !this.#file) return
    this.#rotation.request(this.#file)
    try {
      this.#open(this.#clock.now())
    } catch {
      // the next batch opens the path again, and throws the error
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

  /** Closes the file, which a writer thread continues. A pipe stays open, because without a writer its reader sees the end. */
  release(): void {
    this.#rotation?.release?.()
    if (this.#file?.regular !== false) this.close()
    this.#unsynced = true // the thread will write to it
  }

  close(): void {
    if (this.#fd === undefined) return
    this.#end.beforeClose()
    if (this.#options.durable) this.sync()
    this.#disk.close(this.#fd)
    this.#fd = undefined
    this.#uncheckedUntil = Number.NEGATIVE_INFINITY
  }

  /** Writes as many of these lines as one write accepts. Returns the number of bytes of whole lines. */
  readonly #append = (lines: Buffer): number => {
    const now = this.#clock.now()
    const fd = this.#open(now)
    const piece = this.#file?.regular ? lines : wholePiece(lines)
    return this.#handleWrite(fd, piece, this.#writeOnce(fd, piece), now)
  }

  /** Returns when the path or the free space has to be checked again. -Infinity: before each write. */
  #nextCheck(): number {
    const isPlain = this.#file?.regular && !this.#rotation && this.#end.isWhole && this.#reopenRetry.failures === 0
    return isPlain ? Math.min(this.#nextCheckAt, this.#splitWrites.nextCheckAt) : Number.NEGATIVE_INFINITY
  }

  /** Handles the result of a write, which may be short or split. Returns the number of bytes of whole lines. */
  #handleWrite(fd: number, piece: Buffer, written: number, now: number): number {
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

  /** Returns the descriptor of the file that is at the path now. */
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

  /** Opens the path and closes the previous file. Returns false if that fails: lines are then appended to the previous file. */
  #switchFile(): boolean {
    const fd = this.#openPath()
    if (fd === undefined) return false
    this.close()
    this.#fd = fd
    this.#file = this.#disk.stateOf(fd)
    this.#end.reset(this.#file.regular && this.#disk.isTorn(fd, this.#file, this.#place.path))
    this.#reopenRetry = { until: Number.NEGATIVE_INFINITY, failures: 0 }
    this.#nextCheckAt = this.#clock.now() + checkPathEveryMs
    if (this.#options.durable && this.#file.size === 0) this.#disk.syncFolder(this.#place.path)
    return true
  }

  #openPath(): number | undefined {
    try {
      return this.#disk.open(this.#place)
    } catch (error) {
      if (this.#fd === undefined) throw error
      const { code } = error as NodeJS.ErrnoException
      const { nlink = 0 } = this.#disk.stateOf(this.#fd)
      if (nlink === 0 || (code !== 'ENOSPC' && code !== 'EDQUOT')) {
        this.close() // lines in a removed file would be lost; closing it frees a descriptor and an inode
        return this.#disk.open(this.#place)
      }
      this.#reopenRetry = { until: this.#clock.now() + checkPathEveryMs, failures: this.#reopenRetry.failures + 1 }
      if (this.#reopenRetry.failures === 2) this.#options.onReopenFailure?.(error as Error) // at 1 another rank may be creating it
      return undefined
    }
  }

  /** Reports whether another file is at the path now. */
  #isStale(now: number): boolean {
    const open = this.#file
    if (!open?.regular || (!this.#rotation && now < this.#nextCheckAt)) return false
    this.#nextCheckAt = now + checkPathEveryMs
    const found = this.#disk.stateAt(this.#place.path)
    if (!found || !isSameFile(found, open)) return true
    if (found.size < open.size) this.#options.onTruncate?.(this.#place.path)
    this.#file = found
    return this.#rotation?.rotate(found) ?? false
  }
}
