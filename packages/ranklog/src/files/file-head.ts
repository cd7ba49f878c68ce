import { closeSync, openSync, readSync } from 'node:fs'
import zlib from 'node:zlib'

/** Returns the first bytes of a regular file as they are. @throws the system's error */
export function firstBytes(path: string, length: number): Buffer {
  const fd = openSync(path, 'r')
  try {
    const bytes = Buffer.alloc(length)
    return bytes.subarray(0, readSync(fd, bytes, 0, length, 0))
  } finally {
    closeSync(fd)
  }
}

/**
 * Returns what the first `length` bytes of a regular file contain: of a packed file, what can be unpacked of them.
 *
 * @throws the system's error, and that of zlib
 */
export function headOf(path: string, length: number): Buffer {
  const head = firstBytes(path, length)
  return isPacked(path) ? unpack(path, head) : head
}

/** Reports whether a file is packed, by its name. */
export function isPacked(path: string): boolean {
  return /\.(gz|zst)$/.test(path)
}

/** Unpacks the first bytes of a packed file. @throws zlib's error */
export function unpack(path: string, head: Buffer): Buffer {
  if (path.endsWith('.gz')) return zlib.gunzipSync(head, { finishFlush: zlib.constants.Z_SYNC_FLUSH })
  const { zstdDecompressSync, constants } = zlib as unknown as {
    zstdDecompressSync(bytes: Buffer, options: object): Buffer
    constants: { ZSTD_e_flush: number }
  }
  return zstdDecompressSync(head, { finishFlush: constants.ZSTD_e_flush })
}
