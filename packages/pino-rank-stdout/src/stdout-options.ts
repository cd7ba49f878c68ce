import { rejectUnknownKeys } from 'pino-rank/sink'
import { type FlushOptions, flushOptionKeys, flushSettings } from 'pino-rank-file/options'

/** Options of `pino-rank-stdout`, all structured-cloneable. */
export interface StdoutOptions extends FlushOptions {}

/**
 * Checks and completes.
 *
 * @param beside the names of what its entry takes beside {@link StdoutOptions}
 * @throws {RankError} OPTION_UNKNOWN, OPTION_INVALID, LEVEL_UNKNOWN
 */
export function stdoutSettings(
  options: StdoutOptions,
  beside: readonly string[] = [],
): ReturnType<typeof flushSettings> {
  rejectUnknownKeys('pino-rank-stdout', options, [...flushOptionKeys, ...beside])
  return flushSettings('pino-rank-stdout', options)
}
