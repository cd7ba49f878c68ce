import { atExit, exiting } from './at-exit.ts'
import { type Clock, systemClock } from './clock.ts'
import type { LineEnd } from './line-end.ts'
import { Reports } from './reports.ts'
import { countLines, type WriterStats } from './writer-stats.ts'

/** What may wait for a disk that refuses it. */
const maxKeptBytes = 2 ** 20

/** How long after a refusal the disk is asked again, in ms. */
const retryMs = 1000

const newline = 10
const nothing = Buffer.alloc(0)

export interface ErrorAppenderOptions {
  /** Who speaks in reports, e.g. `pino-rank-file: /data/train.log`. */
  name: string
  /** The rank that the record of dropped lines names. */
  rank?: number | 'unknown' | undefined
  /** Called after each attempt to write. */
  attempted?: (stats: WriterStats) => void
  clock?: Clock
  report?: (line: string) => void
}

/**
 * Writes the rare errors of a rank on which nothing is open: each line is appended on the calling thread and the descriptor
 * given back before the call returns. That costs 0.1 ms or less on a local disk and survives any death that follows.
 *
 * It never throws. A line that the system refuses is reported on stderr, once; it waits, within a bound, for the next
 * error, the next second or the exit. Of lines beyond the bound the newest are dropped; the log says how many.
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

  /** @param line ends in `\n` */
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

  /** Drops the newest lines of what is too much, but never the only one. */
  #trim(): void {
    while (this.#kept.length > maxKeptBytes) {
      const last = this.#kept.lastIndexOf(newline, this.#kept.length - 2) + 1
      if (last === 0) return
      this.#kept = this.#kept.subarray(0, last)
      this.stats.drops++
    }
  }

  /** With fsync this is where a disk may fail that took the line. */
  #close(): void {
    try {
      this.#end.close()
    } catch (error) {
      this.stats.errors++
      this.#reports.fault(error as Error)
    }
  }

  /** The process ends. */
  #settle(): void {
    if (this.#kept.length > 0) this.#write()
    this.stats.drops += countLines(this.#kept)
    this.#kept = nothing
    this.#reports.loss(this.stats.drops)
    this.#end.settle?.(this.stats)
  }
}
