import { countLines, type OnDisk } from '../../packages/ranklog-bench/dist/ranks/read-back.js'
import { parseLine } from './fixed-line.ts'

/** Counts the lines in these files. A file that does not exist has none. */
export function readFixedLines(files: readonly string[]): OnDisk {
  const seen = new Set<number>()
  return countLines(files, (piece) => {
    const line = parseLine(piece)
    if (!line) return 'torn'
    const key = keyOf(line)
    if (seen.has(key)) return 'twice'
    seen.add(key)
    return 'found'
  })
}

/** Returns a number that identifies a line, because a set of strings would need much more memory. Steps and lines have six digits. */
function keyOf({ rank, step, line }: { rank: number; step: number; line: number }): number {
  return (rank * 1e6 + step) * 1e6 + line
}
