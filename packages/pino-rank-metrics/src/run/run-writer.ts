import type { MetricRecord, RunEnd } from '../record/index.ts'

/** Writes the records of one run in the format of a sink. A {@link MetricStream} calls it. */
export interface RunWriter {
  /** Adds a record to the buffer, and may write it. Must not throw. */
  write(record: MetricRecord): void
  /**
   * Called with all text of the log, in chunks that may end within a line, and before `write` for the records in it.
   * @default none
   */
  see?(text: string): void
  /**
   * Writes or sends the buffered records. If that fails, it throws or rejects with the reason, and the records stay buffered.
   */
  flush(): void | Promise<void>
  /** Flushes, and ends the run. `end` is undefined if it is not known how the run ended. */
  close(end: RunEnd | undefined): void | Promise<void>
  /** Does the part of `close` that is possible without the event loop, when the process is exiting. @default close */
  closeNow?(end: RunEnd | undefined): void
  /** Replaces the end of the run after `close`, when the process exits with another code. @default closeNow, if there is one */
  amend?(end: RunEnd): void
  /**
   * Returns where unsent records are, and what happens to them. A fault's report ends with this text. Called after each fault.
   * @default the stream's option `kept`
   */
  kept?(): string
  /** Returns the counts so far. */
  stats(): MetricStats
}

/** Counts of a metric sink since it was created. */
export interface MetricStats {
  /** Number of metric records that were logged. */
  records: number
  /** Number of scalars, texts, histograms and images in them. */
  values: number
  /** Number of successful writes to the file, or requests to the server. */
  flushes: number
  /** Number of dropped records. A sink that sends single values counts these instead. */
  drops: number
  /** Number of attempts to write or send that failed. */
  errors: number
}
