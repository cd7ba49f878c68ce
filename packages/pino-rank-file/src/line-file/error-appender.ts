import type { LineEnd } from '../lines/index.ts'
import { atExit, countLines, exiting, Reports, type WriterStats } from '../lines/index.ts'
import { type Clock, systemClock } from '../system/index.ts'

/** Maximum size of the lines that are buffered while the disk refuses them, in bytes. */
const maxKeptBytes = 2 ** 20

/** Delay before the next try after the disk refused a line, in ms. */
const retryMs = 1000

const newline = 10
const nothing = Buffer.alloc(0)

export interface ErrorAppenderOptions {
  /** Name in reports, e.g. `pino-rank-file: /data/train.log`. */
  name: string
  /** The rank in the record that counts dropped lines. */
  rank?: number | 'unknown' | undefined
  /** Called after each attempt to write. */
  attempted?: (stats: WriterStats) => void
  clock?: Clock
  report?: (line: string) => void
}

/**
 * Writes the rare errors of a rank on which nothing is open. It appends each line on the calling thread and closes the
 * descriptor before the call returns. That costs 0.1 ms or less on a local disk, and the line survives any crash that follows.
 *
 * It never throws. A line that the system refuses is reported on stderr once. It is buffered, within a bound, and retried at
 * the next error, after a second, and at the exit. Beyond the bound the newest lines are dropped, and the log says how many.
 */
export class ErrorAppender {
  readonly stats: WriterStats = { lines: 0, bytes: 0, flushes: 0, drops: 0, errors: 0 }
  readonly #end: LineEnd
  readonly #clock: Clock
  readonly #attempted: (stats: WriterStats) => void
  readonly #reports: Reports
  #kept: Buffer = nothing
  #listens = false
  #retries = false

  constructor(end: LineEnd, { name, rank, report, clock = systemClock, attempted = () => {} }: ErrorAppenderOptions) {
    this.#end = end
    this.#clock = clock
    this.#attempted = attempted
    const kept = 'lines wait in memory for the next error or the exit'
    this.#reports = new Reports({ name, rank, kept, report })
  }

  /** @param line must end with `\n` */
  append(line: string): void {
    if (!this.#listens && !exiting()) atExit(() => this.#settle())
    this.#listens = true
    const bytes = Buffer.from(line)
    this.#kept = this.#kept.length > 0 ? Buffer.concat([this.#kept, bytes]) : bytes
    this.#write()
    if (exiting()) this.#settle()
  }

  #write(): void {
    try {
      this.#writeKept()
      const record = this.#reports.drops(this.stats.drops)
      if (record !== undefined) {
        this.#kept = Buffer.from(record)
        this.#writeKept()
      }
    } catch (error) {
      this.#failed(error as Error)
    } finally {
      this.#close()
    }
    this.#attempted(this.stats)
  }

  #writeKept(): void {
    while (this.#kept.length > 0) {
      const taken = this.#end.write(this.#kept)
      this.stats.lines += countLines(this.#kept.subarray(0, taken))
      this.stats.bytes += taken
      this.#kept = this.#kept.subarray(taken)
    }
    this.stats.flushes++
  }

  #failed(error: Error): void {
    this.stats.errors++
    this.#reports.fault(error)
    this.#trim()
    if (this.#retries || exiting()) return
    this.#retries = true
    this.#clock.after(retryMs, () => {
      this.#retries = false
      if (this.#kept.length > 0) this.#write()
    })
  }

  /** Drops the newest lines beyond the limit, but never the only one. */
  #trim(): void {
    while (this.#kept.length > maxKeptBytes) {
      const last = this.#kept.lastIndexOf(newline, this.#kept.length - 2) + 1
      if (last === 0) return
      this.#kept = this.#kept.subarray(0, last)
      this.stats.drops++
    }
  }

  /** Closes the sink. With fsync the disk may report here that it lost a line that it had taken. */
  #close(): void {
    try {
      this.#end.close()
    } catch (error) {
      this.stats.errors++
      this.#reports.fault(error as Error)
    }
  }

  /** Called when the process exits. */
  #settle(): void {
    if (this.#kept.length > 0) this.#write()
    this.stats.drops += countLines(this.#kept)
    this.#kept = nothing
    this.#reports.loss(this.stats.drops)
    this.#end.settle?.(this.stats)
  }
}
