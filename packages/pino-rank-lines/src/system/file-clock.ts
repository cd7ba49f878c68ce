import type { Clock } from './clock.ts'

/**
 * If the wall clock and the monotonic clock drift apart by more than this, in ms, the wall clock was set or the machine slept.
 */
const maxStepMs = 100

/**
 * The clock that dates the files of one folder. It may be another machine's, for example a file server's. That clock may lag,
 * be hours off, or be set to another time zone. File times may only be compared with this clock.
 *
 * It is read by creating a file and looking at its time. Between two readings the time is estimated with this machine's monotonic
 * clock. After this machine's wall clock was set, the file system's clock is read again.
 */
export class FileClock {
  readonly #read: () => number
  readonly #clock: Clock
  readonly #wall: () => number
  #last: { file: number; clock: number; wall: number } | undefined

  /**
   * @param read creates a file in the folder and returns its modification time, in ms since 1970
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
