import { closeSync, openSync, readdirSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { readLine } from './line.ts'

/** What the ranks of a job logged at most. */
export interface Logged {
  ranks: number
  steps: number
  lines: number
  lineBytes: number
}

/** What reached the disk. */
export interface OnDisk {
  /** Whole lines, each counted once. */
  found: number
  bytes: number
  /** Pieces between two newlines that are no whole line. */
  torn: number
  /** Whole lines beyond the first of their kind. */
  twice: number
}

const chunkBytes = 2 ** 22
const newline = 10

/** Reads the log files of a folder. Manifests, and what a rotation has not finished, are no log files. */
export function readBack(folder: string, { ranks, steps, lines, lineBytes }: Logged): OnDisk {
  const seen = new Uint8Array(ranks * steps * lines)
  const onDisk = { found: 0, bytes: 0, torn: 0, twice: 0 }
  const take = (text: string) => {
    if (isNotice(text)) return
    const said = readLine(text, lineBytes)
    if (!said || said.rank >= ranks || said.step >= steps || said.line >= lines) {
      onDisk.torn++
      return
    }
    const key = (said.rank * steps + said.step) * lines + said.line
    if (seen[key]) onDisk.twice++
    else onDisk.found++
    seen[key] = 1
  }
  for (const file of logFilesIn(folder)) onDisk.bytes += eachPiece(file, take)
  return onDisk
}

function logFilesIn(folder: string): string[] {
  const names = readdirSync(folder).filter((name) => !name.endsWith('.json') && !name.startsWith('.'))
  return names.map((name) => join(folder, name))
}

/** Gives all that stands between two newlines, but nothing where that is empty. @returns the size of the file in bytes */
function eachPiece(file: string, take: (text: string) => void): number {
  const fd = openSync(file, 'r')
  const chunk = Buffer.allocUnsafe(chunkBytes)
  let bytes = 0
  let rest = Buffer.alloc(0)
  const takeAll = (text: string) => {
    for (const piece of text.split('\n')) if (piece !== '') take(piece)
  }
  for (let length = readSync(fd, chunk); length > 0; length = readSync(fd, chunk)) {
    bytes += length
    const read = Buffer.concat([rest, chunk.subarray(0, length)])
    const end = read.lastIndexOf(newline) + 1
    rest = Buffer.from(read.subarray(end))
    takeAll(read.toString('latin1', 0, end))
  }
  takeAll(rest.toString('latin1'))
  closeSync(fd)
  return bytes
}

/** Records in which our sinks report lines that they dropped or repeated. */
function isNotice(text: string): boolean {
  return text.startsWith('{"level":40,') && text.endsWith('}') && /"(drops|repeated)":\d+,/.test(text)
}
