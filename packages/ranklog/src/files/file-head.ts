import { closeSync, readSync } from 'node:fs'
import zlib from 'node:zlib'
import { openRegularFile } from 'pino-rank-lines/system'
import { LineTime } from 'pino-rank-merge/core'
import { packingOf } from './packed-file.ts'

/** Bytes of a file in which its first time is searched for. */
const headBytes = 2 ** 13

/**
 * Returns the first bytes of a regular file. If they are packed, they are unpacked: then there are more of them, or fewer.
 *
 * @throws the system's error, and that of unpacking
 */
export function headOf(path: string, length: number = headBytes): Buffer {
  const fd = openRegularFile(path)
  try {
    const bytes = Buffer.alloc(length)
    return unpack(bytes.subarray(0, readSync(fd, bytes, 0, length, 0)))
  } finally {
    closeSync(fd)
  }
}

function unpack(head: Buffer): Buffer {
  const packing = packingOf(head)
  if (packing === 'gzip') return zlib.gunzipSync(head, { finishFlush: zlib.constants.Z_SYNC_FLUSH })
  if (packing !== 'zstd') return head
  const { zstdDecompressSync, constants } = zlib as unknown as {
    zstdDecompressSync(bytes: Buffer, options: object): Buffer
    constants: { ZSTD_e_flush: number }
  }
  return zstdDecompressSync(head, { finishFlush: constants.ZSTD_e_flush })
}

/** Reports whether one file begins with the other's first bytes. True if that cannot be found out. */
export function hasSameHead(path: string, other: string): boolean {
  try {
    const [a, b] = [headOf(path), headOf(other)]
    const length = Math.min(a.length, b.length)
    return a.subarray(0, length).equals(b.subarray(0, length))
  } catch {
    return true
  }
}

/** Names of a record's time that the first lines of a file are searched for. */
const times = ['time', 'timestamp', '@timestamp', 'ts'].map((name) => new LineTime(name))

/** Returns the first time in a file, in ms since 1970. Undefined if its first bytes have none, or it cannot be read. */
export function firstTimeOf(path: string): number | undefined {
  try {
    const text = headOf(path).toString('latin1')
    for (const time of times) {
      const found = time.find(text)
      if (found !== undefined) return found
    }
  } catch {
    // it is reported when the file is read
  }
  return undefined
}
