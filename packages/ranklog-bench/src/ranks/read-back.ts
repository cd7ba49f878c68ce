import { readLine } from './line.ts'
import { eachPiece, isNotice, logFilesIn } from './log-files.ts'

/** The lines that the ranks of a job may have logged. */
export interface Logged {
  ranks: number
  steps: number
  lines: number
  lineBytes: number
}

/** The lines that reached the disk. */
export interface OnDisk {
  /** Whole lines, each counted once. */
  found: number
  bytes: number
  /** Pieces between two newlines that are not one whole line. */
  torn: number
  /** Whole lines that are repetitions of another. */
  twice: number
}

/** Counts the lines in the log files of a job's folder. */
export function readBack(folder: string, { ranks, steps, lines, lineBytes }: Logged): OnDisk {
  const seen = new Uint8Array(ranks * steps * lines)
  return countLines(logFilesIn(folder), (piece) => {
    const line = readLine(piece, lineBytes)
    if (!line || line.rank >= ranks || line.step >= steps || line.line >= lines) return 'torn'
    const key = (line.rank * steps + line.step) * lines + line.line
    if (seen[key]) return 'twice'
    seen[key] = 1
    return 'found'
  })
}

/**
 * Counts the lines of some files.
 *
 * @param judge classifies a piece between two newlines. It is not called for our sinks' records about dropped or repeated lines.
 */
export function countLines(files: readonly string[], judge: (piece: string) => Exclude<keyof OnDisk, 'bytes'>): OnDisk {
  const onDisk = { found: 0, bytes: 0, torn: 0, twice: 0 }
  const count = (piece: string) => {
    if (!isNotice(piece)) onDisk[judge(piece)]++
  }
  for (const file of files) onDisk.bytes += eachPiece(file, count)
  return onDisk
}
