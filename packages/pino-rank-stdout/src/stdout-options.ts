import { gateOptionKeys, rejectUnknownKeys } from 'pino-rank/sink'
import { type FlushOptions, flushOptionKeys, flushSettings } from 'pino-rank-file/options'

/** Options of `pino-rank-stdout`, all structured-cloneable. */
export interface StdoutOptions extends FlushOptions {}

/** Checks and completes. @throws {RankError} OPTION_UNKNOWN, OPTION_INVALID, LEVEL_UNKNOWN */
export function stdoutSettings(options: StdoutOptions): ReturnType<typeof flushSettings> {
  rejectUnknownKeys('pino-rank-stdout', options, [...flushOptionKeys, ...gateOptionKeys])
  return flushSettings('pino-rank-stdout', options)
}
