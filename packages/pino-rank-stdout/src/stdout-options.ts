import { type Levels, OptionChecker, RankError, type ResolvedRank } from 'pino-rank/sink'
import {
  type FlushOptions,
  flushOptionKeys,
  flushSettings,
  type OverflowOptions,
  overflowOptionKeys,
  overflowSettings,
} from 'pino-rank-lines'
import { pm2Stdout } from './client/index.ts'
import {
  maxWaitMs,
  type OutputOptions,
  type OutputSettings,
  outputOptionKeys,
  outputSettings,
} from './collector/index.ts'

/** A collector that this rank runs for its host: see {@link StdoutOptions.collector}. */
export interface OwnCollectorOptions extends OutputOptions {
  /** How long the exit of this rank waits for the other ranks, in ms. @default 0 */
  lingerMs?: number
}

/** Options of `pino-rank-stdout`, all structured-cloneable. */
export interface StdoutOptions extends FlushOptions, OverflowOptions {
  /**
   * When lines go through the host's collector: if it writes to the same stdout as this rank (`auto`: same device and
   * inode), wherever it writes (`always`), or `never`. Without a collector, lines go directly to fd 1. @default 'auto'
   */
  merge?: 'auto' | 'always' | 'never'
  /** The first rank of each host runs the collector, in a thread of its own, which costs memory. @default false */
  collector?: boolean | OwnCollectorOptions
}

/** {@link StdoutOptions}, validated and complete. */
export interface StdoutSettings {
  flush: ReturnType<typeof flushSettings> & ReturnType<typeof overflowSettings>
  merge: 'auto' | 'always' | 'never'
  collector: { lingerMs: number; options: OutputSettings } | undefined
}

const packageName = 'pino-rank-stdout'
const check = new OptionChecker(packageName)
const collectorKeys = ['lingerMs', ...outputOptionKeys]

/**
 * Validates the options and fills in defaults.
 *
 * @param extraKeys the names of the options that the entry point accepts besides {@link StdoutOptions}
 * @param levels the levels of the logger
 * @throws {RankError} OPTION_UNKNOWN, OPTION_INVALID, LEVEL_UNKNOWN
 */
export function stdoutSettings(
  options: StdoutOptions,
  extraKeys: readonly string[] = [],
  levels?: Levels,
): StdoutSettings {
  const inner = { collector: collectorKeys }
  check.rejectUnknownKeys(
    options,
    [...flushOptionKeys, ...overflowOptionKeys, 'merge', 'collector', ...extraKeys],
    'options',
    inner,
  )
  const { merge = 'auto', collector = false, ...lines } = options
  const flush = flushSettings(packageName, lines, levels)
  return {
    flush: { ...flush, ...overflowSettings(packageName, lines, flush.flushBytes) },
    merge: check.oneOf('merge', merge, ['auto', 'always', 'never']),
    collector: collector === false ? undefined : collectorSettings(collector === true ? {} : collector, merge),
  }
}

/**
 * Returns the run whose ranks share a collector. Undefined if no collector is wanted, or if the ranks have no run key.
 *
 * @throws {RankError} RANK_FIELD_MISSING if the options need a collector and the ranks have no run key; OPTION_INVALID
 *   in PM2's cluster mode
 */
export function runOf(
  { merge, collector }: StdoutSettings,
  rank: ResolvedRank,
): { runKey: string; attempt: number } | undefined {
  if (merge === 'never') return undefined
  if ((merge === 'always' || collector) && pm2Stdout()) throw notUnderPm2(merge)
  if (rank.runKey !== undefined) return { runKey: rank.runKey, attempt: rank.attempt ?? 0 }
  if (rank.worldSize === 1 || (merge === 'auto' && !collector)) return undefined
  throw new RankError('RANK_FIELD_MISSING', {
    package: packageName,
    at: merge === 'always' ? 'option "merge"' : 'option "collector"',
    expected: 'ranks that have a run key',
    received: `none, from ${rank.launcher}`,
    fix: 'set RANKLOG_RUN_ID to the same value on all ranks of the job',
  })
}

/**
 * Returns the error for PM2's cluster mode. There fd 1 belongs to PM2's daemon, so what a collector writes would be
 * in the daemon's log.
 */
function notUnderPm2(merge: string): RankError {
  const fix = 'leave it out, or start the app in fork mode'
  if (merge === 'always') return check.invalid('merge', "'auto' or 'never' in PM2's cluster mode", merge, fix)
  return check.invalid('collector', "no collector in PM2's cluster mode", true, fix)
}

function collectorSettings(given: OwnCollectorOptions, merge: string): StdoutSettings['collector'] {
  if (typeof given !== 'object' || given === null)
    throw check.invalid('collector', 'true, false or its options', given, 'give one of them')
  check.rejectUnknownKeys(given, collectorKeys, 'option "collector"')
  if (merge === 'never')
    throw check.invalid('collector', 'merge "auto" or "always" with it', merge, 'leave out one of the two')
  const { lingerMs = 0 } = given
  return {
    lingerMs: check.wholeNumber('collector.lingerMs', lingerMs, 0, maxWaitMs),
    options: outputSettings(check, given, 'collector.'),
  }
}
