import { atExit, isExiting } from 'pino-rank/process'
import type { LineSink } from 'pino-rank-lines'
import { countLines, Reports, type WriterStats } from 'pino-rank-lines'
import { type Clock, systemClock } from 'pino-rank-lines/system'

/** Maximum size of the lines that are buffered while they cannot be written, in bytes. */
const maxBufferedBytes = 2 ** 20

/** Delay before a failed write is retried, in ms. */
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
 * Writes the errors of a gated rank. Each line is appended on the calling thread, and the descriptor is closed before
 * the call returns. So the line survives any crash that follows, and a gated rank has no open file.
 *
 * It never throws. A failed write is reported on stderr once. Its line is buffered and retried at the next error, on a
 * timer and at exit. If the buffer is full, the newest lines are dropped, and a record in the log reports how many.
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
    this.#dropExcess()
    if (this.#isRetryScheduled || isExiting()) return
    this.#isRetryScheduled = true
    this.#clock.after(retryMs, () => {
      this.#isRetryScheduled = false
      if (this.#buffered.length > 0) this.#write()
    })
  }

  /** Drops the newest lines until the others fit into the buffer. Never drops the only line. */
  #dropExcess(): void {
    while (this.#buffered.length > maxBufferedBytes) {
      const last = this.#buffered.lastIndexOf(newline, this.#buffered.length - 2) + 1
      if (last === 0) return
      this.#buffered = this.#buffered.subarray(0, last)
      this.stats.drops++
    }
  }

  /** Closes the sink. With fsync, this is where the disk may report that it lost a line that it had accepted. */
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
