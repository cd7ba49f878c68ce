/** One table for each of eight bytes that are taken together (slicing-by-8), one behind the other. */
const tables = new Int32Array(8 * 256)
for (let byte = 0; byte < 256; byte++) {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0)
  tables[byte] = crc
}
for (let at = 256; at < tables.length; at++) {
  const before = tables[at - 256] as number
  tables[at] = (before >>> 8) ^ (tables[before & 255] as number)
}

/** CRC-32C (Castagnoli) of `bytes[start, end)`, as an unsigned number. */
export function crc32c(bytes: Uint8Array, start = 0, end: number = bytes.length): number {
  const table = (row: number, byte: number) => tables[256 * row + (byte & 255)] as number
  const byte = (at: number) => bytes[at] as number
  let crc = -1
  let at = start
  for (; end - at >= 8; at += 8) {
    const low = crc ^ (byte(at) | (byte(at + 1) << 8) | (byte(at + 2) << 16) | (byte(at + 3) << 24))
    crc =
      table(7, low) ^
      table(6, low >>> 8) ^
      table(5, low >>> 16) ^
      table(4, low >>> 24) ^
      table(3, byte(at + 4)) ^
      table(2, byte(at + 5)) ^
      table(1, byte(at + 6)) ^
      table(0, byte(at + 7))
  }
  for (; at < end; at++) crc = (crc >>> 8) ^ table(0, crc ^ byte(at))
  return ~crc >>> 0
}

/** The CRC as TensorFlow's records keep it: turned, and moved by a constant, because they hold CRCs themselves. */
export function maskedCrc(bytes: Uint8Array, start?: number, end?: number): number {
  const crc = crc32c(bytes, start, end)
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0
}
