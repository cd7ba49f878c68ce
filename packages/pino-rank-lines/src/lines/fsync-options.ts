import { OptionChecker } from 'pino-rank/sink'
import type { LineWriterOptions } from './line-writer-options.ts'

/** When to fsync. */
export interface FsyncOptions {
  /**
   * `'flush'`: at each `flush()`, each line at `flushLevel` and at the end, before the call returns. Each costs the time that the
   * disk needs for it. `'interval'`: every `fsyncMs`, on another thread, and at the end.
   * @default 'never'
   */
  fsync?: 'never' | 'flush' | 'interval'
  /** The interval, in ms. A power loss loses the lines that are younger. @default 1000 */
  fsyncMs?: number
}

export const fsyncOptionKeys: readonly string[] = ['fsync', 'fsyncMs']

/** Validates the options and fills in defaults. @throws {RankError} OPTION_INVALID */
export function fsyncSettings(
  packageName: string,
  { fsync = 'never', fsyncMs = 1000 }: FsyncOptions,
): Required<Pick<LineWriterOptions, 'fsync' | 'fsyncMs'>> {
  const check = new OptionChecker(packageName)
  return {
    fsync: check.oneOf('fsync', fsync, ['never', 'flush', 'interval']),
    fsyncMs: check.timeMs('fsyncMs', fsyncMs),
  }
}
