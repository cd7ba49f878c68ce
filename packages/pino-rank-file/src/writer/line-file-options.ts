import { gateOptionKeys, type ResolvedRank, rejectUnknownKeys } from 'pino-rank/sink'
import { type RotateOptions, rotationSettings } from '../rotation/rotate-options.ts'
import type { AppendEndSettings } from './append-end.ts'
import { type FlushOptions, flushOptionKeys, flushSettings } from './flush-options.ts'
import { type FsyncOptions, fsyncOptionKeys, fsyncSettings } from './fsync-options.ts'
import type { LineWriterOptions } from './line-writer.ts'
import { type OverflowOptions, overflowOptionKeys, overflowSettings } from './overflow-options.ts'
import { checkPath, checkPlace, type PlaceOptions, placeOptionKeys } from './place-options.ts'

/** Options of a sink that appends lines to a file, all structured-cloneable. */
export interface LineFileOptions extends PlaceOptions, FlushOptions, OverflowOptions, FsyncOptions {
  /** When the file is moved out of the way; without it never, which costs nothing. @default none */
  rotate?: RotateOptions
  /**
   * A symbolic link to the file, made when it is opened, by rank 0 (by each rank where each has a file of its own). A
   * path with placeholders, as `path`. @default none
   */
  current?: string
}

/** The same, checked and complete: what its writer and its end are made of. */
export type LineFileSettings = LineWriterOptions & AppendEndSettings

const known = [
  ...placeOptionKeys,
  ...flushOptionKeys,
  ...overflowOptionKeys,
  ...fsyncOptionKeys,
  'rotate',
  'current',
  ...gateOptionKeys,
]

/**
 * @param expand fills in a path
 * @param alone has this rank the file for itself?
 * @throws {RankError} OPTION_UNKNOWN, OPTION_INVALID, LEVEL_UNKNOWN, and what `expand` throws
 */
export function lineFileSettings(
  from: string,
  options: LineFileOptions,
  { rank }: ResolvedRank,
  expand: (template: string) => string,
  alone = false,
): LineFileSettings {
  rejectUnknownKeys(from, options, known)
  const place = checkPlace(from, options)
  const path = expand(place.path)
  const fsync = fsyncSettings(from, options)
  const own = alone || rank === 0 || place.path.includes('{rank')
  const current = options.current === undefined ? undefined : expand(checkPath(from, 'current', options.current))
  return {
    ...place,
    path,
    ...flushSettings(from, options),
    ...overflowSettings(from, options),
    ...fsync,
    durable: fsync.fsync !== 'never',
    ...(options.rotate !== undefined && { rotation: rotationSettings(from, options.rotate, own) }),
    ...(own && current !== undefined && { current }),
    name: `${from}: ${path}`,
    rank,
  }
}
