import type { LineWriterOptions } from './line-writer.ts'
import { oneOf } from './one-of.ts'
import { wholeNumber } from './whole-number.ts'

/** What becomes of lines that the disk cannot take yet. For streams on the main thread: a worker waits for its disk. */
export interface OverflowOptions {
  /** What may wait in memory, in bytes. @default 16 MiB */
  queueBytes?: number
  /**
   * When the queue is full because the disk is slow: `'block'` makes the call wait, at most `blockMs`, and then drops its
   * line; `'drop'` drops it at once. A disk that fails never makes a call wait. What was dropped is counted, and a record
   * in the log says so when there is room again. @default 'block'
   */
  overflow?: 'block' | 'drop'
  /** Longest wait of one log call, in ms. @default 1000 */
  blockMs?: number
}

export const overflowOptionKeys: readonly string[] = ['queueBytes', 'overflow', 'blockMs']

/** Checks and completes. @throws {RankError} OPTION_INVALID */
export function overflowSettings(
  from: string,
  { queueBytes = 2 ** 24, overflow = 'block', blockMs = 1000 }: OverflowOptions,
): Required<Pick<LineWriterOptions, 'queueBytes' | 'overflow' | 'blockMs'>> {
  return {
    queueBytes: wholeNumber(from, 'queueBytes', queueBytes, 1, 2 ** 31 - 1),
    overflow: oneOf(from, 'overflow', overflow, ['block', 'drop']),
    blockMs: wholeNumber(from, 'blockMs', blockMs, 0, 2 ** 31 - 1),
  }
}
