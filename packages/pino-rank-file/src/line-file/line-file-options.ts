import { join } from 'node:path'
import {
  absolutePath,
  filePathOption,
  hasPlaceholder,
  type Levels,
  OptionChecker,
  type ResolvedRank,
} from 'pino-rank/sink'
import type { LineWriterOptions } from 'pino-rank-lines'
import {
  type FlushOptions,
  type FsyncOptions,
  flushOptionKeys,
  flushSettings,
  fsyncOptionKeys,
  fsyncSettings,
  type OverflowOptions,
  overflowOptionKeys,
  overflowSettings,
} from 'pino-rank-lines'
import { type RotateOptions, rotateOptionKeys, rotationSettings } from '../rotation/index.ts'
import type { AppendSinkSettings } from './append-sink.ts'
import { foreignOptions } from './foreign-options.ts'
import { type Expand, type PlaceOptions, placeOptionKeys, placeSettings } from './place-options.ts'

/** Options of a sink that appends lines to a file, all structured-cloneable. */
export interface LineFileOptions extends PlaceOptions, FlushOptions, OverflowOptions, FsyncOptions {
  /** When and how the file is rotated. Without it, rotation costs nothing. @default never */
  rotate?: RotateOptions
  /**
   * Path of a symbolic link to the file; may have placeholders. Rank 0 makes it when it opens the file. If each rank
   * has a file of its own, each rank makes one. @default none
   */
  current?: string
}

/** {@link LineFileOptions}, validated and complete: the settings of the writer and of its sink. */
export type LineFileSettings = LineWriterOptions & AppendSinkSettings

const knownKeys = [
  ...placeOptionKeys,
  ...flushOptionKeys,
  ...overflowOptionKeys,
  ...fsyncOptionKeys,
  'rotate',
  'current',
]

/** What one sink adds to the options that all file sinks have. */
export interface LineFileContext {
  /** The names of its own options. @default none */
  extraKeys?: readonly string[]
  /** True if no other rank writes to the file. @default false */
  alone?: boolean
  /** Folder that relative paths are resolved against. @default the working directory */
  cwd?: string | undefined
  /** The logger's levels. @default pino's */
  levels?: Levels | undefined
}

/**
 * Validates the options and fills in defaults. Paths are made absolute, so that a later `process.chdir` does not move
 * the file.
 *
 * @param expand fills in the placeholders of a path
 * @throws {RankError} OPTION_UNKNOWN, OPTION_INVALID, LEVEL_UNKNOWN, and what `expand` throws
 */
export function lineFileSettings(
  packageName: string,
  options: LineFileOptions,
  self: ResolvedRank,
  expand: Expand,
  { extraKeys = [], alone = false, cwd, levels }: LineFileContext = {},
): LineFileSettings {
  const nested = { rotate: rotateOptionKeys }
  const check = new OptionChecker(packageName)
  check.rejectUnknownKeys(options, [...knownKeys, ...extraKeys], 'options', nested, foreignOptions)
  const place = placeSettings(packageName, options, self, expand, cwd)
  const flush = flushSettings(packageName, options, levels)
  const fsync = fsyncSettings(packageName, options)
  const ownsFile = alone || self.rank === 0 || hasPlaceholder(options.path, 'rank')
  const current = options.current === undefined ? undefined : filePathOption(check, 'current', options.current)
  return {
    ...place,
    ...flush,
    ...overflowSettings(packageName, options, flush.flushBytes),
    ...fsync,
    durable: fsync.fsync !== 'never',
    ...(options.rotate !== undefined && { rotation: rotationSettings(packageName, options.rotate, ownsFile) }),
    ...(ownsFile && current !== undefined && { current: absolutePath(expand(current, { attemptFolder: false }), cwd) }),
    name: `${packageName}: ${place.run ? join(place.run.base, 'version_*', place.path) : place.path}`,
    extraFields: { rank: self.rank },
  }
}
