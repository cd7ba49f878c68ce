import { isUtf8 } from 'node:buffer'
import { type CsvLine, readLines } from './csv-text.ts'

/**
 * Yields the lines of a CSV file, its header first, as far as the file is valid. It stops at a line that is torn, is not CSV, is
 * not UTF-8, or has more cells than the header. A header that names a column twice is invalid. Each `end` is in bytes.
 */
export function* linesOfFile(bytes: Buffer): Generator<CsvLine> {
  const isSound = isUtf8(bytes)
  let columns: number | undefined
  let start = 0
  // One character per byte, so that positions in the text are positions in the file.
  for (const { cells, end } of readLines(bytes.toString('latin1'))) {
    if (!isSound && !isUtf8(bytes.subarray(start, end))) return
    const decoded = cells.map(decode)
    if (columns === undefined) {
      if (decoded[0]?.startsWith(byteOrderMark)) decoded[0] = decoded[0].slice(1)
      if (new Set(decoded).size < decoded.length) return
      columns = decoded.length
    } else if (cells.length > columns) return
    yield { cells: decoded, end }
    start = end
  }
}

const byteOrderMark = '\ufeff'

function decode(cell: string): string {
  return /[\x80-\xff]/.test(cell) ? Buffer.from(cell, 'latin1').toString() : cell
}
