import type { Clock } from '../writer/clock.ts'

/** A wall clock that moved so much more, or less, than the monotonic one was set anew, or the machine slept. In ms. */
const maxStepMs = 100

/**
 * The clock that dates the files of one folder. It may be another machine's: a file server's clock that lags, is hours off, or is set
 * to another time zone. A file's times are compared with this clock and with no other one.
 *
 * It is read by making a file and looking at its time. Between two readings the time is estimated by this machine's monotonic clock,
 * and read again when this machine's wall clock was set.
 */
export class FileClock {
  readonly #read: () => number
  readonly #clock: Clock
  readonly #wall: () => number
  #last: { file: number; clock: number; wall: number } | undefined

  /**
   * @param read makes a file in the folder and returns its time of change, in ms since 1970
   * @param wall this machine's clock, in ms since 1970: what is assumed where no file can be made
   */
  constructor(read: () => number, clock: Clock, wall: () => number) {
    this.#read = read
    this.#clock = clock
    this.#wall = wall
  }

  /** Returns the time, in ms since 1970, estimated from the last reading. Never throws. */
  now(): number {
    const last = this.#last
    if (!last) return this.look()
    const passed = this.#clock.now() - last.clock
    return Math.abs(this.#wall() - last.wall - passed) > maxStepMs ? this.look() : last.file + passed
  }

  /** Reads the clock where that is possible, and otherwise estimates. Never throws. */
  look(): number {
    try {
      return this.measure()
    } catch {
      return this.#set(this.#last ? this.#last.file + this.#clock.now() - this.#last.clock : this.#wall())
    }
  }

  /** Reads the clock. Throws what the system throws where no file can be made. */
  measure(): number {
    return this.#set(this.#read())
  }

  #set(file: number): number {
    this.#last = { file, clock: this.#clock.now(), wall: this.#wall() }
    return file
  }
}
