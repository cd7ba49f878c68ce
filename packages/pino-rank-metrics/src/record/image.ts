import { readFileSync } from 'node:fs'
import type { Image } from './metric-record.ts'

const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')

/**
 * The image that `{ png }` (a Buffer as JSON gives it, or base64) or `{ path }` (of a PNG, read now) tells. A string: what
 * is wrong with it.
 */
export function imageIn(given: unknown): Image | string {
  const { png, path } = (given ?? {}) as Record<string, unknown>
  let bytes: Buffer
  try {
    if (typeof path === 'string') bytes = readFileSync(path)
    else if (typeof png === 'string') bytes = Buffer.from(png, 'base64')
    else bytes = Buffer.from((png as { data: number[] }).data)
  } catch (error) {
    return typeof path === 'string'
      ? `an image that cannot be read: ${(error as Error).message}`
      : 'an image without png or path'
  }
  if (bytes.length < 24 || !bytes.subarray(0, 8).equals(signature)) return 'an image that is no PNG'
  return { png: bytes, width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) }
}
