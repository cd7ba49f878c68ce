import { readFileSync } from 'node:fs'
import { readLine } from './line.ts'

/** What reached the disk. */
export interface OnDisk {
  /** Whole lines, each counted once. */
  lines: number
  bytes: number
  /** Pieces between two newlines that are no whole line. */
  torn: number
  /** Whole lines beyond the first of their kind. */
  twice: number
}

/** Reads what the ranks left in these files; a file that is not there holds nothing. */
export function readBack(files: readonly string[]): OnDisk {
  const seen = new Set<string>()
  const found = { lines: 0, bytes: 0, torn: 0, twice: 0 }
  for (const file of files) {
    const bytes = read(file)
    found.bytes += bytes.length
    for (const piece of bytes.toString().split('\n')) {
      if (piece === '') continue
      const line = readLine(piece)
      if (!line) found.torn++
      else if (seen.has(`${line.rank}/${line.step}/${line.line}`)) found.twice++
      else seen.add(`${line.rank}/${line.step}/${line.line}`)
    }
  }
  return { ...found, lines: seen.size }
}

function read(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return Buffer.alloc(0)
  }
}
