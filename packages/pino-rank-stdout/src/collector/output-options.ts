import type { OptionChecker } from 'pino-rank/sink'

/** How a collector writes lines. */
export interface OutputOptions {
  /** How late a line may arrive and still be written in order, in ms. @default 50 */
  reorderWindowMs?: number
  /** The text before each line, e.g. `[{rank}] `. @default none: lines stay NDJSON */
  label?: string
}

/** {@link OutputOptions}, validated and complete. Structured-cloneable. */
export interface OutputSettings extends OutputOptions {
  reorderWindowMs: number
}

/** The names of {@link OutputOptions}. */
export const outputOptionKeys: readonly string[] = ['reorderWindowMs', 'label']

/** Upper limit of all waiting times of a collector, in ms: a day. */
export const maxWaitMs = 86_400_000

/**
 * Validates the options and fills in defaults.
 *
 * @param prefix put before the option's name in errors, for example `collector.`. @default ''
 * @throws {RankError} OPTION_INVALID
 */
export function outputSettings(check: OptionChecker, options: OutputOptions, prefix = ''): OutputSettings {
  const { reorderWindowMs = 50, label } = options
  if (label !== undefined && typeof label !== 'string')
    throw check.invalid(`${prefix}label`, 'a string', label, 'e.g. "[{rank}] "')
  return {
    reorderWindowMs: check.wholeNumber(`${prefix}reorderWindowMs`, reorderWindowMs, 0, maxWaitMs),
    ...(label !== undefined && { label }),
  }
}
