import { expandPath, gateOptionKeys, type ResolvedRank, rejectUnknownKeys } from 'pino-rank/sink'
import {
  checkPlace,
  type FlushOptions,
  flushOptionKeys,
  flushSettings,
  type LineWriterOptions,
  type PlaceOptions,
  placeOptionKeys,
} from './writer/index.ts'

/** Options of `pino-rank-file`, all structured-cloneable. */
export interface FileOptions extends PlaceOptions, FlushOptions {}

/** A file's options, checked and complete. */
export type FileSettings = Required<PlaceOptions> & LineWriterOptions

/** Which ranks write, unless the target says otherwise: all of rank 0, and the errors of the others. */
export const fileRanks = { ranks: '0', others: 'error' } as const

const known = [...placeOptionKeys, ...flushOptionKeys, ...gateOptionKeys]

/** @throws {RankError} OPTION_UNKNOWN, OPTION_INVALID, LEVEL_UNKNOWN, PATH_PLACEHOLDER */
export function fileSettings(options: FileOptions, rank: ResolvedRank): FileSettings {
  const from = 'pino-rank-file'
  rejectUnknownKeys(from, options, known)
  const place = checkPlace(from, options)
  const path = expandPath(place.path, rank, { package: from })
  return { ...place, path, ...flushSettings(from, options), name: `${from}: ${path}` }
}
