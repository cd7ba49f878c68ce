import type { Levels } from 'pino-rank/sink'
import type { Clock } from '../system/index.ts'
import type { WriterThread } from './writer-thread.ts'

/** When a `LineWriter` writes, what it does when it cannot, and what it reports then. */
export interface LineWriterOptions {
  /** Name in its reports, e.g. `pino-rank-file: /data/train.log`. */
  name: string
  /** Batch size, in bytes. */
  flushBytes: number
  /**
   * Longest age of a buffered line, in ms. Undefined: each line is written in its call as long as lines are few, and a batch when the
   * event loop turns.
   */
  flushMs?: number | undefined
  /** Number of the level from which a line is written at once; Infinity: none. */
  flushLevel: number
  /** Levels by label, for lines that have a label in place of a number. @default pino's */
  levels?: Levels
  /** When lines are made to outlive a power loss. @default 'never' */
  fsync?: 'never' | 'flush' | 'interval'
  /** The interval, in ms. @default 1000 */
  fsyncMs?: number
  /** What may be buffered while the sink cannot take it, in bytes. @default 16 MiB */
  queueBytes?: number
  /** What a full outbox does to a caller, while the sink is slow: makes it wait, or drops its line. @default 'block' */
  overflow?: 'block' | 'drop'
  /** The longest wait of one call, in ms. @default 1000 */
  blockMs?: number
  /**
   * Starts a writer thread for the same sink. Undefined: not yet; it is called again at the next slow write. @default none: a slow
   * sink makes the caller wait
   */
  startThread?: () => WriterThread | undefined
  /** More fields of the record of dropped lines, e.g. `{ rank: 3 }`. @default none */
  extraFields?: Readonly<Record<string, unknown>>
  clock?: Clock
  /** Called with each report, a line. @default stderr */
  report?: (line: string) => void
}
