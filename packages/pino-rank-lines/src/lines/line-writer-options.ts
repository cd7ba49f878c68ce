import type { Levels } from 'pino-rank/sink'
import type { Clock } from '../system/index.ts'
import type { Overflow } from './caller-wait.ts'
import type { WriterThread } from './writer-thread.ts'

/** When a `LineWriter` writes, what it does if it cannot, and what it reports then. */
export interface LineWriterOptions {
  /** Name in its reports, e.g. `pino-rank-file: /data/train.log`. */
  name: string
  /** Batch size, in bytes. */
  flushBytes: number
  /**
   * Maximum age of a buffered line, in ms. Undefined: while lines are few, each is written in its log call. Otherwise they are
   * written in batches, at the latest when the event loop turns.
   */
  flushMs?: number | undefined
  /** Number of the level from which a line is written at once. Infinity: none. */
  flushLevel: number
  /** Levels by label, for lines that have a label in place of a number. @default pino's */
  levels?: Levels
  /** When to fsync. @default 'never' */
  fsync?: 'never' | 'flush' | 'interval'
  /** The interval, in ms. @default 1000 */
  fsyncMs?: number
  /** Maximum size of the buffered lines while the sink cannot take them, in bytes. @default 16 MiB */
  queueBytes?: number
  /** What a full outbox does to a call while the sink is slow: it waits, or its line is dropped. @default 'block' */
  overflow?: Overflow
  /** Maximum wait of one call, in ms. @default 1000 */
  blockMs?: number
  /**
   * Starts a writer thread for the same sink. Returns undefined if it cannot start yet; it is called again at the next slow
   * write.
   * @default none: a slow sink makes the call wait
   */
  startThread?: () => WriterThread | undefined
  /** More fields of the record of dropped lines, e.g. `{ rank: 3 }`. @default none */
  extraFields?: Readonly<Record<string, unknown>>
  clock?: Clock
  /** Called with each line that is reported. @default it is written to stderr */
  report?: (line: string) => void
}
