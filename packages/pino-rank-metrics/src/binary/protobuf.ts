/** The part of Protocol Buffers that metric sinks need: encodes single fields, and decodes the fields of a message. */

/** Numbers from here on do not fit into JavaScript's 32-bit operators. */
const min64Bit = 2 ** 32

/** Returns the number of bytes of a whole number from 0 to 2^53 as a varint. */
export function varintSize(value: number): number {
  let size = 1
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) size++
  return size
}

/** Writes a whole number from 0 to 2^53 as a varint. Returns the offset of its end. */
export function putVarint(bytes: Uint8Array, start: number, value: number): number {
  let at = start
  let rest = value
  for (; rest >= min64Bit; rest = Math.floor(rest / 128)) bytes[at++] = (rest % 128) | 128
  for (; rest >= 128; rest >>>= 7) bytes[at++] = (rest & 127) | 128
  bytes[at++] = rest
  return at
}

function varint(value: number): Buffer {
  const bytes = Buffer.alloc(varintSize(value))
  putVarint(bytes, 0, value)
  return bytes
}

/** Encodes a field of text, of bytes, or of an embedded message. The parts are concatenated. */
export function field(number: number, ...parts: (Uint8Array | string)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)))
  return Buffer.concat([varint((number << 3) | 2), varint(body.length), body])
}

/** Encodes a varint field. */
export function wholeField(number: number, value: number): Buffer {
  return Buffer.concat([varint(number << 3), varint(value)])
}

/** Encodes a field of a 64-bit floating-point number. */
export function doubleField(number: number, value: number): Buffer {
  const bytes = Buffer.alloc(9)
  bytes[0] = (number << 3) | 1
  bytes.writeDoubleLE(value, 1)
  return bytes
}

/** A decoded field: a varint as a bigint, every other type as its bytes. */
export interface Field {
  number: number
  value: bigint | Buffer
}

/** Yields the fields of a message. @throws {RangeError} if the message is truncated or malformed */
export function* fieldsOf(message: Buffer): Generator<Field> {
  let at = 0
  const next = () => {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = message[at++]
      if (byte === undefined || shift > 63n)
        throw new RangeError(`a varint is longer than its data or 64 bits at byte ${at}`)
      value |= BigInt(byte & 127) << shift
      if (byte < 128) return value
    }
  }
  const take = (length: number) => {
    if (at + length > message.length) throw new RangeError(`a field at byte ${at} is longer than its message`)
    at += length
    return message.subarray(at - length, at)
  }
  while (at < message.length) {
    const key = Number(next())
    const number = key >>> 3
    const wire = key & 7
    if (wire === 0) yield { number, value: next() }
    else if (wire === 1) yield { number, value: take(8) }
    else if (wire === 2) yield { number, value: take(Number(next())) }
    else if (wire === 5) yield { number, value: take(4) }
    else throw new RangeError(`unknown wire type ${wire} at byte ${at}`)
  }
}
