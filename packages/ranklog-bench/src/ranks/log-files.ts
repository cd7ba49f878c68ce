import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

const chunkBytes = 2 ** 22
const newline = 10

/** Returns the files of a folder that hold lines. Manifests, and what a rotation has not finished, do not. */
export function logFilesIn(folder: string): string[] {
  const names = readdirSync(folder).filter((name) => !name.endsWith('.json') && !name.startsWith('.'))
  return names.map((name) => join(folder, name))
}

/**
 * Passes to `take` each text between two newlines that is not empty. A file that does not exist has none. Files may be larger than a
 * string can be, except compressed ones (`.gz`).
 *
 * @returns the number of bytes, uncompressed
 */
export function eachPiece(file: string, take: (piece: string) => void): number {
  if (file.endsWith('.gz')) return eachPieceOf(gunzipSync(readFileSync(file)), take)
  const fd = open(file)
  if (fd === undefined) return 0
  const chunk = Buffer.allocUnsafe(chunkBytes)
  let bytes = 0
  let rest = Buffer.alloc(0)
  for (let length = readSync(fd, chunk); length > 0; length = readSync(fd, chunk)) {
    bytes += length
    const read = Buffer.concat([rest, chunk.subarray(0, length)])
    const end = read.lastIndexOf(newline) + 1
    rest = Buffer.from(read.subarray(end))
    eachPieceOf(read.subarray(0, end), take)
  }
  eachPieceOf(rest, take)
  closeSync(fd)
  return bytes
}

/** Reports whether a piece is a record in which our sinks report lines that they dropped or repeated. */
export function isNotice(piece: string): boolean {
  return piece.startsWith('{"level":40,') && piece.endsWith('}') && /"(drops|repeated)":\d+,/.test(piece)
}

/** All lines are ASCII, which is read fastest as latin1. */
function eachPieceOf(bytes: Buffer, take: (piece: string) => void): number {
  for (const piece of bytes.toString('latin1').split('\n')) if (piece !== '') take(piece)
  return bytes.length
}

function open(file: string): number | undefined {
  try {
    return openSync(file, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return undefined
  }
}
