import { gateOptionKeys, type ResolvedRank, rejectUnknownKeys } from 'pino-rank/sink'
import {
  checkPlace,
  type FlushOptions,
  flushOptionKeys,
  flushSettings,
  type LineWriterOptions,
  type PlaceOptions,
  placeOptionKeys,
} from 'pino-rank-file/writer'
import { type SplitPaths, splitPaths } from './split-paths.ts'

/**
 * Options of `pino-rank-split`, all structured-cloneable. `path` is that of the whole: `train.log` becomes
 * `train.rank-3.log`.
 */
export interface SplitOptions extends PlaceOptions, FlushOptions {}

/** A rank's options, checked and complete. */
export type SplitSettings = Required<PlaceOptions> & SplitPaths & LineWriterOptions

/** Which ranks write, unless the target says otherwise: all, everything, each to its own file. */
export const splitRanks = { ranks: '*', others: 'error' } as const

const known = [...placeOptionKeys, ...flushOptionKeys, ...gateOptionKeys]

/** @throws {RankError} OPTION_UNKNOWN, OPTION_INVALID, LEVEL_UNKNOWN, PATH_PLACEHOLDER */
export function splitSettings(options: SplitOptions, rank: ResolvedRank): SplitSettings {
  const from = 'pino-rank-split'
  rejectUnknownKeys(from, options, known)
  const place = checkPlace(from, options)
  const paths = splitPaths(place.path, rank)
  return { ...place, ...paths, ...flushSettings(from, options), name: `${from}: ${paths.path}` }
}
