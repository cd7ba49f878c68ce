import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
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
  /** Records of a sink about what it dropped: they are not torn. */
  notices: number
}

const chunkBytes = 2 ** 22
const newline = 10

/** Reads what the ranks left in these files; a file that is not there holds nothing. */
export function readBack(files: readonly string[]): OnDisk {
  const seen = new Set<number>()
  const found = { bytes: 0, torn: 0, twice: 0, notices: 0 }
  for (const file of files) {
    found.bytes += eachPiece(file, (piece) => {
      const line = readLine(piece)
      if (!line) found[isNotice(piece) ? 'notices' : 'torn']++
      else if (seen.has(keyOf(line))) found.twice++
      else seen.add(keyOf(line))
    })
  }
  return { ...found, lines: seen.size }
}

/** The files of a folder that hold lines: no manifests, and nothing that a rotation has not finished. */
export function logFilesIn(folder: string): string[] {
  const names = readdirSync(folder).filter((name) => !name.endsWith('.json') && !name.startsWith('.'))
  return names.map((name) => join(folder, name))
}

/** Gives all that stands between two newlines, but nothing where that is empty; the files are larger than a string can be, but for compressed ones. */
export function eachPiece(file: string, take: (piece: string) => void): number {
  if (file.endsWith('.gz')) return eachPieceOf(gunzipSync(readFileSync(file)), take)
  const fd = open(file)
  if (fd === undefined) return 0
  const chunk = Buffer.allocUnsafe(chunkBytes)
  let bytes = 0
  let rest = Buffer.alloc(0)
  for (let length = readSync(fd, chunk); length > 0; length = readSync(fd, chunk)) {
    bytes += length
    const text = Buffer.concat([rest, chunk.subarray(0, length)])
    const end = text.lastIndexOf(newline) + 1
    rest = Buffer.from(text.subarray(end))
    eachPieceOf(text.subarray(0, end), take)
  }
  eachPieceOf(rest, take)
  closeSync(fd)
  return bytes
}

function eachPieceOf(bytes: Buffer, take: (piece: string) => void): number {
  for (const piece of bytes.toString().split('\n')) if (piece !== '') take(piece)
  return bytes.length
}

function isNotice(piece: string): boolean {
  return piece.startsWith('{') && piece.endsWith('}') && /"drops":\d+,/.test(piece)
}

/** A number takes a tenth of a string's memory; steps and lines have six digits. */
function keyOf({ rank, step, line }: { rank: number; step: number; line: number }): number {
  return (rank * 1e6 + step) * 1e6 + line
}

function open(file: string): number | undefined {
  try {
    return openSync(file, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return undefined
  }
}
