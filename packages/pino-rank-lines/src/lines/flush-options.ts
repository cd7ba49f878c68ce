import { defaultLevel, type Level, type Levels, levelNumber, OptionChecker, pinoLevels } from 'pino-rank/sink'
import { byteOption } from './byte-option.ts'
import type { LineWriterOptions } from './line-writer-options.ts'

/** When lines are written: as soon as one of these limits is reached, and at exit. */
export interface FlushOptions {
  /**
   * Batch size, in bytes. A smaller batch costs more system calls: with 1 there is one for each line.
   * @default 65536
   */
  flushBytes?: number
  /**
   * Maximum age of a buffered line, in ms. A higher value makes fewer and larger writes. A SIGKILL loses the lines that are
   * younger.
   * @default none: while lines are few, each is written in its log call. When they come faster they are written in batches, the
   * last one at the next turn of the event loop, or after a few ms if the event loop is blocked
   */
  flushMs?: number
  /**
   * Level from which a line is written at once: a label (pino's, or of `customLevels`) or a number; `'silent'`: no level. Costs
   * one system call for each such line.
   * @default 'error'
   */
  flushLevel?: Level
}

export const flushOptionKeys: readonly string[] = ['flushBytes', 'flushMs', 'flushLevel']

/**
 * Validates the options and fills in defaults.
 *
 * @param levels the logger's, including custom levels
 * @throws {RankError} OPTION_INVALID, LEVEL_UNKNOWN
 */
export function flushSettings(
  packageName: string,
  { flushBytes = 65536, flushMs, flushLevel }: FlushOptions,
  levels: Levels = pinoLevels,
): Pick<LineWriterOptions, 'flushBytes' | 'flushMs' | 'flushLevel' | 'levels'> {
  const check = new OptionChecker(packageName)
  const level = flushLevel ?? defaultLevel('error', levels)
  return {
    flushBytes: byteOption(check, 'flushBytes', flushBytes, 1, 2 ** 28),
    flushMs: flushMs === undefined ? undefined : check.timeMs('flushMs', flushMs),
    flushLevel: levelNumber(level, levels, `${packageName}, option "flushLevel"`),
    levels,
  }
}
