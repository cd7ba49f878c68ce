import type { ResolvedRank } from 'pino-rank/sink'
import { type FileOptions, fileSettings } from './file-options.ts'
import { appendEnd, appendLine } from './writer/index.ts'

/**
 * How a rank on which nothing is open writes its rare errors: each line is appended from the calling thread, and the
 * descriptor closed, before the call returns. A process killed right after keeps it.
 *
 * @throws {RankError} for options that are wrong, at once; opens nothing.
 */
export function append(options: FileOptions, rank: ResolvedRank): (line: string) => void {
  const settings = fileSettings({ ...options, open: false }, rank)
  const file = appendEnd(settings)
  return (line) => void appendLine(settings.name, file, line)
}
