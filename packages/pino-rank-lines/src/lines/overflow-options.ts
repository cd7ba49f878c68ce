import { OptionChecker } from 'pino-rank/sink'
import { byteOption } from './byte-option.ts'
import { type Overflow, overflowPolicies } from './caller-wait.ts'
import type { LineWriterOptions } from './line-writer-options.ts'

/** What happens to lines that the disk cannot take yet. Only for streams on the main thread: a worker waits for its disk. */
export interface OverflowOptions {
  /**
   * Maximum size of the buffered lines, in bytes. At least one batch, `flushBytes`.
   * @default 16 MiB, or a longer batch
   */
  queueBytes?: number
  /**
   * What a full queue does while the disk is slow. `'block'`: the call waits, at most `blockMs`, and then its line is dropped.
   * `'drop'`: the line is dropped at once. A disk that fails never makes a call wait. Dropped lines are counted, and a record in
   * the log reports them when there is room again.
   * @default 'block'
   */
  overflow?: Overflow
  /** Maximum time that one log call waits, in ms. @default 1000 */
  blockMs?: number
}

export const overflowOptionKeys: readonly string[] = ['queueBytes', 'overflow', 'blockMs']

/**
 * Validates the options and fills in defaults. The queue must have room for a batch. Otherwise the shortest failure of a disk
 * would drop lines, and each batch for a slow disk would make a call wait.
 *
 * @throws {RankError} OPTION_INVALID
 */
export function overflowSettings(
  packageName: string,
  options: OverflowOptions,
  flushBytes: number,
): Required<Pick<LineWriterOptions, 'queueBytes' | 'overflow' | 'blockMs'>> {
  const { queueBytes = Math.max(2 ** 24, flushBytes), overflow = 'block', blockMs = 1000 } = options
  const check = new OptionChecker(packageName)
  if (queueBytes < flushBytes) {
    const expected = `at least "flushBytes", which is ${flushBytes}: a batch has to fit`
    throw check.invalid('queueBytes', expected, queueBytes, 'raise it, or lower flushBytes')
  }
  return {
    queueBytes: byteOption(check, 'queueBytes', queueBytes, 1, 2 ** 31 - 1),
    overflow: check.oneOf('overflow', overflow, overflowPolicies),
    blockMs: check.timeMs('blockMs', blockMs, 0),
  }
}
