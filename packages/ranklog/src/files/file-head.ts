import { closeSync, readSync } from 'node:fs'
import zlib from 'node:zlib'
import { openRegularFile } from 'pino-rank-lines/system'
import { LineTime } from 'pino-rank-merge/core'
import { compressionOf } from './compressed-file.ts'

/** Number of bytes at the start of a file in which its first time is searched. */
const headBytes = 2 ** 13

/**
 * Returns the first `length` bytes of a regular file. If it is compressed, returns these bytes decompressed, which may be more or
 * fewer.
 *
 * @throws the system's error, or the error of the decompression
 */
export function headOf(path: string, length: number = headBytes): Buffer {
  const fd = openRegularFile(path)
  try {
    const bytes = Buffer.alloc(length)
    return decompress(bytes.subarray(0, readSync(fd, bytes, 0, length, 0)))
  } finally {
    closeSync(fd)
  }
}

function decompress(head: Buffer): Buffer {
  const compression = compressionOf(head)
  if (compression === 'gzip') return zlib.gunzipSync(head, { finishFlush: zlib.constants.Z_SYNC_FLUSH })
  if (compression !== 'zstd') return head
  const { zstdDecompressSync, constants } = zlib as unknown as {
    zstdDecompressSync(bytes: Buffer, options: object): Buffer
    constants: { ZSTD_e_flush: number }
  }
  return zstdDecompressSync(head, { finishFlush: constants.ZSTD_e_flush })
}

/** Reports whether two files begin with the same bytes. Returns true if a file cannot be read. */
export function hasSameHead(path: string, other: string): boolean {
  try {
    const [a, b] = [headOf(path), headOf(other)]
    const length = Math.min(a.length, b.length)
    return a.subarray(0, length).equals(b.subarray(0, length))
  } catch {
    return true
  }
}

/** Names of the field with the time that are tried for the first lines of a file. */
const times = ['time', 'timestamp', '@timestamp', 'ts'].map((name) => new LineTime(name))

/** Returns the first time in a file, in ms since 1970; undefined if its first bytes have none or it cannot be read. */
export function firstTimeOf(path: string): number | undefined {
  try {
    const text = headOf(path).toString('latin1')
    for (const time of times) {
      const found = time.find(text)
      if (found !== undefined) return found
    }
  } catch {
    // the error is reported later, when the file is read
  }
  return undefined
}
