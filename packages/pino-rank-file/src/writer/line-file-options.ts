import { join } from 'node:path'
import { gateOptionKeys, type ResolvedRank, rejectUnknownKeys } from 'pino-rank/sink'
import type { AppendEndSettings } from './append-end.ts'
import { type FlushOptions, flushOptionKeys, flushSettings } from './flush-options.ts'
import { type FsyncOptions, fsyncOptionKeys, fsyncSettings } from './fsync-options.ts'
import type { LineWriterOptions } from './line-writer.ts'
import { type OverflowOptions, overflowOptionKeys, overflowSettings } from './overflow-options.ts'
import { type Expand, type PlaceOptions, placeOptionKeys, placeSettings } from './place-options.ts'

/** Options of a sink that appends lines to a file, all structured-cloneable. */
export interface LineFileOptions extends PlaceOptions, FlushOptions, OverflowOptions, FsyncOptions {}

/** The same, checked and complete: what its writer and its end are made of. */
export type LineFileSettings = LineWriterOptions & AppendEndSettings

const known = [...placeOptionKeys, ...flushOptionKeys, ...overflowOptionKeys, ...fsyncOptionKeys, ...gateOptionKeys]

/**
 * @param expand fills in the path
 * @throws {RankError} OPTION_UNKNOWN, OPTION_INVALID, LEVEL_UNKNOWN, and what `expand` throws
 */
export function lineFileSettings(
  from: string,
  options: LineFileOptions,
  self: ResolvedRank,
  expand: Expand,
): LineFileSettings {
  rejectUnknownKeys(from, options, known)
  const place = placeSettings(from, options, self, expand)
  const fsync = fsyncSettings(from, options)
  return {
    ...place,
    ...flushSettings(from, options),
    ...overflowSettings(from, options),
    ...fsync,
    durable: fsync.fsync !== 'never',
    name: `${from}: ${place.run ? join(place.run.base, 'version_*', place.path) : place.path}`,
    rank: self.rank,
  }
}
