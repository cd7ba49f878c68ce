import type { ResolvedRank } from 'pino-rank/sink'
import { appendLine, atExit, exiting } from 'pino-rank-file/writer'
import { SplitFile } from './split-file.ts'
import type { SplitSettings } from './split-options.ts'

/**
 * How a rank on which nothing is open writes its rare errors: each line is appended to the rank's own file from the
 * calling thread, its manifest brought up to date and the descriptor closed, before the call returns.
 */
export function appendTo(settings: SplitSettings, rank: ResolvedRank): (line: string) => void {
  const file = new SplitFile(settings, rank)
  const stats = { lines: 0, bytes: 0, flushes: 0, drops: 0, errors: 0 }
  let atEnd = false
  return (line) => {
    const written = appendLine(settings.name, file, line)
    stats.lines += written ? 1 : 0
    stats.bytes += written ? Buffer.byteLength(line) : 0
    stats.drops += written ? 0 : 1
    stats.errors = stats.drops
    if (exiting()) file.settle(stats)
    else file.note(stats)
    if (!atEnd && !exiting()) atExit(() => file.settle(stats))
    atEnd = true
  }
}
