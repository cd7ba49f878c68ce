import { type Clock, systemClock } from './clock.ts'
import { type Disk, type FilePlace, type FileState, systemDisk } from './disk.ts'
import type { LineEnd } from './line-end.ts'
import { wholePiece } from './whole-piece.ts'

const newline = Buffer.from('\n')

/** A file system that cuts one line this often in a row is at fault: the writer backs off. */
const maxCuts = 8

/** How often the file's name is looked up, in ms, where nothing asks for more: a `stat` of 2 µs. */
const lookEveryMs = 1000

/** Moves a file that is full out of the way, so that the next line begins a new one. */
export interface Rotation {
  /**
   * Asked before each batch: `file` is open and is the one that has the name. True: it has been moved, by whomever, and
   * the name is to be opened again.
   */
  rotate(file: FileState): boolean
  /** This file is to be moved when it is asked next, if it still has the name then. */
  request?(file: FileState): void
  /** The process ends: what waits for a timer is done now, or left to the next start. Never throws. */
  finish?(): void
}

/** What an {@link AppendFile} does beside appending. */
export interface AppendFileOptions {
  disk?: Disk
  clock?: Clock
  rotation?: Rotation
  /** Power loss is to be outlived: a new file's name and the last lines of one that is left are synced too. */
  durable?: boolean
  /** Told once when another program has cut the file short (logrotate's copytruncate). */
  truncated?: (path: string) => void
  /** Told when the file was left for another one under its name. */
  moved?: () => void
}

/**
 * The append end of a {@link LineWriter}: one file that several processes of a host may share, opened at the first
 * byte. Each batch is one write(2) under O_APPEND, which Linux and macOS keep together on a local file. A short write
 * (a disk nearly full, RLIMIT_FSIZE, a signal) leaves a fragment; continuing it could land behind another process's
 * line, so the fragment is closed with a newline and its line written again, whole.
 *
 * A file that was renamed or removed by another program is left within a second, and its name opened again. A pipe or
 * device behind the name gets pieces of at most PIPE_BUF bytes.
 */
export class AppendFile implements LineEnd {
  readonly #place: FilePlace
  readonly #disk: Disk
  readonly #clock: Clock
  readonly #rotation: Rotation | undefined
  readonly #durable: boolean
  readonly #truncated: ((path: string) => void) | undefined
  readonly #moved: (() => void) | undefined
  #fd: number | undefined
  #file: FileState | undefined
  #lookAt = 0
  #fragment = false
  #cuts = 0
  #unsynced = false

  constructor(place: FilePlace, options: AppendFileOptions = {}) {
    this.#place = place
    this.#disk = options.disk ?? systemDisk
    this.#clock = options.clock ?? systemClock
    this.#rotation = options.rotation
    this.#durable = options.durable ?? false
    this.#truncated = options.truncated
    this.#moved = options.moved
  }

  write(lines: Buffer): number {
    const fd = this.#open()
    if (this.#fragment) this.#mend(fd)
    const piece = this.#file?.regular ? lines : wholePiece(lines)
    const written = this.#disk.write(fd, piece)
    this.#unsynced = true
    const whole = written === piece.length ? written : endOfLastLine(piece, written)
    this.#fragment = whole < written
    this.#cuts = whole > 0 ? 0 : this.#cuts + 1
    if (this.#cuts === maxCuts) {
      this.#cuts = 0
      throw new Error('every write is cut short')
    }
    return whole
  }

  /** What was written is on the disk when this returns; `soon`: a little later, and the error goes there. */
  sync(soon?: (error: Error | null) => void): void {
    if (!this.#unsynced || this.#fd === undefined || !this.#file?.regular) return
    this.#disk.sync(this.#fd, soon)
    this.#unsynced = false
  }

  /** Moves the open file out of the way, where there is a rotation; a fault is left to the next line to meet. */
  rotate(): void {
    if (!this.#rotation?.request || this.#fd === undefined || !this.#file) return
    this.#rotation.request(this.#file)
    try {
      this.#open()
    } catch {
      // the next batch opens the name again, and says what is wrong
    }
  }

  /** All lines are written that will be. */
  settle(): void {
    this.#rotation?.finish?.()
  }

  close(): void {
    if (this.#fd === undefined) return
    if (this.#durable) this.sync()
    this.#disk.close(this.#fd)
    this.#fd = undefined
  }

  /** The descriptor of the file that has the name now. */
  #open(): number {
    const open = this.#fd
    if (open !== undefined && !this.#left()) return open
    this.close()
    let fd = this.#begin()
    const again = this.#rotation !== undefined && this.#left()
    if (again) {
      this.close()
      fd = this.#begin()
    }
    if (again || open !== undefined) this.#moved?.()
    return fd
  }

  #begin(): number {
    const fd = this.#disk.open(this.#place)
    this.#fd = fd
    this.#file = this.#disk.stateOf(fd)
    this.#fragment = false
    this.#lookAt = this.#clock.now() + lookEveryMs
    if (this.#durable && this.#file.size === 0) this.#disk.syncFolder(this.#place.path)
    return fd
  }

  /** Has the name gone to another file? */
  #left(): boolean {
    const open = this.#file
    if (!open?.regular || (!this.#rotation && this.#clock.now() < this.#lookAt)) return false
    this.#lookAt = this.#clock.now() + lookEveryMs
    const found = this.#disk.stateAt(this.#place.path)
    if (!found || found.ino !== open.ino || found.dev !== open.dev) return true
    if (found.size < open.size) this.#truncated?.(this.#place.path)
    this.#file = found
    return this.#rotation?.rotate(found) ?? false
  }

  #mend(fd: number): void {
    if (this.#disk.write(fd, newline) === 0) throw new Error('no room to close a cut line')
    this.#fragment = false
  }
}

/** A line that lacks only its newline is whole: the rest begins with it, and closes the line when it is written. */
function endOfLastLine(lines: Buffer, before: number): number {
  if (before === 0 || lines[before] === newline[0]) return before
  return lines.lastIndexOf(newline, before - 1) + 1
}
