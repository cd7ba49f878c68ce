import { atExit, isExiting } from 'pino-rank/process'
import type { LineSink } from 'pino-rank-lines'
import { countLines, Reports, type WriterStats } from 'pino-rank-lines'
import { type Clock, systemClock } from 'pino-rank-lines/system'

/** Maximum size of the lines that are buffered while the disk refuses them, in bytes. */
const maxBufferedBytes = 2 ** 20

/** Delay before the next try after the disk refused a line, in ms. */
const retryMs = 1000

const newline = 10
const nothing = Buffer.alloc(0)

export interface ErrorAppenderOptions {
  /** Name in reports, e.g. `pino-rank-file: /data/train.log`. */
  name: string
  /** More fields of the record of dropped lines, e.g. `{ rank: 3 }`. @default none */
  extraFields?: Readonly<Record<string, unknown>> | undefined
  /** Called after each attempt to write. */
  onAttempt?: (stats: WriterStats) => void
  clock?: Clock
  report?: (line: string) => void
}

/**
 * Writes the rare errors of a gated rank. It appends each line on the calling thread and closes the
 * descriptor before the call returns. That costs 0.1 ms or less on a local disk, and the line survives any crash that follows.
 *
 * It never throws. A line that the system refuses is reported on stderr once. It is buffered, within a bound, and retried at
 * the next error, after a second, and at the exit. Beyond the bound the newest lines are dropped, and the log says how many.
 */
export class ErrorAppender {
  readonly stats: WriterStats = { lines: 0, bytes: 0, flushes: 0, drops: 0, errors: 0 }
  readonly #sink: LineSink
  readonly #clock: Clock
  readonly #onAttempt: (stats: WriterStats) => void
  readonly #reports: Reports
  #buffered: Buffer = nothing
  #hasExitHook = false
  #isRetryScheduled = false

  constructor(
    sink: LineSink,
    { name, extraFields, report, clock = systemClock, onAttempt = () => {} }: ErrorAppenderOptions,
  ) {
    this.#sink = sink
    this.#clock = clock
    this.#onAttempt = onAttempt
    const kept = 'lines wait in memory for the next error or the exit'
    this.#reports = new Reports({ name, extraFields, kept, report })
  }

  /** @param line must end with `\n` */
  append(line: string): void {
    if (!this.#hasExitHook && !isExiting()) atExit(() => this.#flushLast())
    this.#hasExitHook = true
    const bytes = Buffer.from(line)
    this.#buffered = this.#buffered.length > 0 ? Buffer.concat([this.#buffered, bytes]) : bytes
    this.#write()
    if (isExiting()) this.#flushLast()
  }

  #write(): void {
    try {
      this.#writeBuffered()
      const record = this.#reports.drops(this.stats.drops)
      if (record !== undefined) {
        this.#buffered = Buffer.from(record)
        this.#writeBuffered()
      }
    } catch (error) {
      this.#handleError(error as Error)
    } finally {
      this.#close()
    }
    this.#onAttempt(this.stats)
  }

  #writeBuffered(): void {
    while (this.#buffered.length > 0) {
      const taken = this.#sink.write(this.#buffered)
      this.stats.lines += countLines(this.#buffered.subarray(0, taken))
      this.stats.bytes += taken
      this.#buffered = this.#buffered.subarray(taken)
    }
    this.stats.flushes++
  }

  #handleError(error: Error): void {
    this.stats.errors++
    this.#reports.fault(error)
    this.#trim()
    if (this.#isRetryScheduled || isExiting()) return
    this.#isRetryScheduled = true
    this.#clock.after(retryMs, () => {
      this.#isRetryScheduled = false
      if (this.#buffered.length > 0) this.#write()
    })
  }

  /** Drops the newest lines beyond the limit, but never the only one. */
  #trim(): void {
    while (this.#buffered.length > maxBufferedBytes) {
      const last = this.#buffered.lastIndexOf(newline, this.#buffered.length - 2) + 1
      if (last === 0) return
      this.#buffered = this.#buffered.subarray(0, last)
      this.stats.drops++
    }
  }

  /** Closes the sink. With fsync the disk may report here that it lost a line that it had taken. */
  #close(): void {
    try {
      this.#sink.close()
    } catch (error) {
      this.stats.errors++
      this.#reports.fault(error as Error)
    }
  }

  /** Called when the process exits. */
  #flushLast(): void {
    if (this.#buffered.length > 0) this.#write()
    this.stats.drops += countLines(this.#buffered)
    this.#buffered = nothing
    this.#reports.loss(this.stats.drops)
    this.#sink.end?.(this.stats)
  }
}
