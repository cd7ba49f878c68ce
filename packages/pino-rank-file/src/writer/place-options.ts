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
  if (typeof path !== 'string' || nameless.test(path)) {
    throw new RankError('OPTION_INVALID', {
      package: from,
      at: 'option "path"',
      expected: 'a path that ends in a file name',
      received: path,
      fix: 'name the file to append to',
    })
  }
  return { path, mkdir: oneOf(from, 'mkdir', mkdir, [true, false]), mode: wholeNumber(from, 'mode', mode, 0, 0o777) }
}

/** Nothing, `.` or `..` after the last separator. */
const nameless = /(^|[/\\])\.{0,2}$/
