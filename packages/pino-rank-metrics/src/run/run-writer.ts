import type { MetricRecord, RunEnd } from '../record/index.ts'

/** What a metric sink is: what becomes of the records. Behind a {@link MetricStream}. */
export interface RunWriter {
  /** Takes a record, and loses nothing that it cannot bring away at once. Throws nothing. */
  write(record: MetricRecord): void
  /** Sees all text of the log, cut anywhere, before the records in it. @default looks at none */
  see?(text: string): void
  /** Brings what waits to its readers. Throws, or rejects, with why it cannot; then what waits waits on. */
  flush(): void | Promise<void>
  /** The run has ended, as `end` says; undefined: nobody knows how. Brings away what it can, as `flush` does. */
  close(end: RunEnd | undefined): void | Promise<void>
  /** For a process that is exiting: all that can be done without the event loop. @default close */
  closeNow?(end: RunEnd | undefined): void
  /** Called when the process exits after `close` with another end than `close` was given. @default closeNow, if there is one */
  amend?(end: RunEnd): void
  stats(): MetricStats
}

/** What a metric sink did since it was made. */
export interface MetricStats {
  /** Records taken. */
  records: number
  /** Scalars, texts, histograms and images in them. */
  values: number
  /** Writes to the file, requests to the server. */
  flushes: number
  /** Records given up, or, where a sink sends values one by one, values. */
  drops: number
  /** Attempts to write that failed. */
  errors: number
}
