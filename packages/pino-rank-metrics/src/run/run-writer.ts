import type { MetricRecord, RunEnd } from '../record/index.ts'

/** The writer of a metric sink, behind a {@link MetricStream}. It decides what happens to the records. */
export interface RunWriter {
  /** Takes a record. Buffers what it cannot write at once. Throws nothing. */
  write(record: MetricRecord): void
  /** Gets all text of the log, cut anywhere, before the records in it. @default ignores it */
  see?(text: string): void
  /**
   * Writes or sends what is buffered. Throws, or rejects, with the reason why it cannot. The records then stay
   * buffered.
   */
  flush(): void | Promise<void>
  /** Ends the run as `end` says. Undefined: the end is not known. Writes what it can, as `flush` does. */
  close(end: RunEnd | undefined): void | Promise<void>
  /** Does all that can be done without the event loop, for a process that is exiting. @default close */
  closeNow?(end: RunEnd | undefined): void
  /** Called when the process exits after `close` with another end than `close` was given. @default closeNow, if there is one */
  amend?(end: RunEnd): void
  stats(): MetricStats
}

/** Counts of a metric sink since it was created. */
export interface MetricStats {
  /** Records taken. */
  records: number
  /** Scalars, texts, histograms and images in them. */
  values: number
  /** Writes to the file, requests to the server. */
  flushes: number
  /** Records dropped, or, where a sink sends values one by one, values. */
  drops: number
  /** Attempts to write that failed. */
  errors: number
}
