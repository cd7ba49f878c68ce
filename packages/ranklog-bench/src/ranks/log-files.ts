import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

const chunkBytes = 2 ** 22
const newline = 10

/** Returns the log files of a folder: all files but manifests and the temporary files of a rotation. */
export function logFilesIn(folder: string): string[] {
  const names = readdirSync(folder).filter((name) => !name.endsWith('.json') && !name.startsWith('.'))
  return names.map((name) => join(folder, name))
}

/**
 * Calls `take` with each piece of a file: a text between two newlines that is not empty. A file that does not exist has no
 * pieces. A file may be larger than the longest string, but a compressed one (`.gz`) may not.
 *
 * @returns the number of uncompressed bytes
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

/** Calls `take` with each piece of some bytes. Decodes them as latin1, which is fastest, because all lines are ASCII. */
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
