import { closeSync, fstatSync, lstatSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from './clock.ts'

/** The attributes that a file system gives to a file that this process has just created in a folder. */
export interface FileProbe {
  /** The time that the file system gives to new files of the folder, in ms since 1970. Its clock may be that of another machine. */
  now: number
  /** The owner that files of this process have there. */
  uid: number
}

/** The errors of a full disk or quota. */
const noRoom = ['ENOSPC', 'EDQUOT', 'EFBIG']

/**
 * Creates a file, reads its attributes and removes it. It writes a byte, as a log would, because some file systems use another
 * clock for writes. On a disk that is full to the last byte, the time of the empty file is used.
 *
 * @param path a name that no file has
 * @param mode permission bits, before the umask
 * @throws the system's error if no file can be created
 */
export function probeFile(path: string, mode = 0o600): FileProbe {
  const fd = openSync(path, 'wx', mode)
  try {
    writeByte(fd)
    const { mtimeMs, uid } = fstatSync(fd)
    return { now: mtimeMs, uid }
  } finally {
    closeSync(fd)
    rmSync(path, { force: true })
  }
}

/**
 * Removes the files of processes that were killed in {@link probeFile}.
 *
 * @param prefix the start of the names of such files
 * @param before removes files that are older than this, in ms since 1970, by the clock of the folder
 */
export function removeOldProbes(folder: string, prefix: string, before: number): void {
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(prefix)) continue
    const path = join(folder, name)
    const file = lstatSync(path, { throwIfNoEntry: false })
    if (file && file.mtimeMs < before) rmSync(path, { force: true })
  }
}

function writeByte(fd: number): void {
  try {
    writeSync(fd, ' ')
  } catch (error) {
    if (!noRoom.includes((error as NodeJS.ErrnoException).code ?? '')) throw error
  }
}

/**
 * If the wall clock and the monotonic clock drift apart by more than this, in ms, the wall clock was set or the machine slept.
 */
const maxStepMs = 100

/**
 * The clock that dates the files of one folder. It may be the clock of another machine, for example of a file server, and may
 * lag, be hours off, or be set to another time zone. File times may only be compared with this clock.
 *
 * It is read with {@link probeFile}. Between two readings the time is estimated with this machine's monotonic clock. If this
 * machine's wall clock has been set, the clock of the file system is read again.
 */
export class FileClock {
  readonly #read: () => number
  readonly #clock: Clock
  readonly #wall: () => number
  #last: { file: number; clock: number; wall: number } | undefined

  /**
   * @param read returns the time of a file that it has just created in the folder, in ms since 1970
   * @param wall this machine's clock, in ms since 1970. It is the fallback where no file can be created.
   */
  constructor(read: () => number, clock: Clock, wall: () => number) {
    this.#read = read
    this.#clock = clock
    this.#wall = wall
  }

  /** Returns the time, in ms since 1970, estimated from the last reading. Never throws. */
  now(): number {
    const last = this.#last
    if (!last) return this.readOrEstimate()
    const passed = this.#clock.now() - last.clock
    return Math.abs(this.#wall() - last.wall - passed) > maxStepMs ? this.readOrEstimate() : last.file + passed
  }

  /** Reads the clock if possible, and estimates it otherwise. Never throws. */
  readOrEstimate(): number {
    try {
      return this.read()
    } catch {
      return this.#set(this.#last ? this.#last.file + this.#clock.now() - this.#last.clock : this.#wall())
    }
  }

  /** Reads the clock. Throws the system's error if no file can be created. */
  read(): number {
    return this.#set(this.#read())
  }

  #set(file: number): number {
    this.#last = { file, clock: this.#clock.now(), wall: this.#wall() }
    return file
  }
}
