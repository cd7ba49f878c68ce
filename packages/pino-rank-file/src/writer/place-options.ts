import { RankError } from 'pino-rank/sink'
import type { FilePlace } from './disk.ts'
import { oneOf } from './one-of.ts'
import { wholeNumber } from './whole-number.ts'

/** Where the lines go. */
export interface PlaceOptions {
  /** The file; may hold placeholders: `{rank}`, `{localRank}`, `{runKey}`, `{time}` and others. */
  path: string
  /** Make the missing folders above the file: one system call when it is opened. @default true */
  mkdir?: boolean
  /** Permission bits of a new file, before the umask. @default 0o640 */
  mode?: number
}

export const placeOptionKeys: readonly string[] = ['path', 'mkdir', 'mode']

/** Checks and completes; `path` stays as it is. @throws {RankError} OPTION_INVALID */
export function checkPlace(from: string, { path, mkdir = true, mode = 0o640 }: PlaceOptions): FilePlace {
  checkPath(from, 'path', path)
  return { path, mkdir: oneOf(from, 'mkdir', mkdir, [true, false]), mode: wholeNumber(from, 'mode', mode, 0, 0o777) }
}

/** `value`, which must name a file. @throws {RankError} OPTION_INVALID */
export function checkPath(from: string, option: string, value: unknown): string {
  if (typeof value === 'string' && !nameless.test(value)) return value
  throw new RankError('OPTION_INVALID', {
    package: from,
    at: `option "${option}"`,
    expected: 'a path that ends in a file name',
    received: value,
    fix: 'name a file, not a folder',
  })
}

/** Nothing, `.` or `..` after the last separator. */
const nameless = /(^|[/\\])\.{0,2}$/
