/** What of Protocol Buffers the metric sinks need: fields out, for messages that are rare, and fields in. */

const high = 2 ** 32

/** Bytes of a whole number from 0 to 2^53 as a varint. */
export function varintSize(value: number): number {
  let size = 1
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) size++
  return size
}

/** Writes a whole number from 0 to 2^53 as a varint; returns where it ends. */
export function putVarint(bytes: Uint8Array, start: number, value: number): number {
  let at = start
  let rest = value
  for (; rest >= high; rest = Math.floor(rest / 128)) bytes[at++] = (rest % 128) | 128
  for (; rest >= 128; rest >>>= 7) bytes[at++] = (rest & 127) | 128
  bytes[at++] = rest
  return at
}

function varint(value: number): Buffer {
  const bytes = Buffer.alloc(varintSize(value))
  putVarint(bytes, 0, value)
  return bytes
}

/** A field of text, bytes or an embedded message of these parts. */
export function field(number: number, ...parts: (Uint8Array | string)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)))
  return Buffer.concat([varint((number << 3) | 2), varint(body.length), body])
}

export function wholeField(number: number, value: number): Buffer {
  return Buffer.concat([varint(number << 3), varint(value)])
}

export function doubleField(number: number, value: number): Buffer {
  const bytes = Buffer.alloc(9)
  bytes[0] = (number << 3) | 1
  bytes.writeDoubleLE(value, 1)
  return bytes
}

/** A field as it was read: a varint as a bigint, all else as its bytes. */
export interface Field {
  number: number
  value: bigint | Buffer
}

/** The fields of a message. @throws {RangeError} where it is cut or malformed */
export function* fieldsOf(message: Buffer): Generator<Field> {
  let at = 0
  const next = () => {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = message[at++]
      if (byte === undefined || shift > 63n) throw new RangeError(`a varint does not end before byte ${at}`)
      value |= BigInt(byte & 127) << shift
      if (byte < 128) return value
    }
  }
  const take = (length: number) => {
    if (at + length > message.length) throw new RangeError(`a field does not end before byte ${at}`)
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
    else throw new RangeError(`wire type ${wire} at byte ${at}`)
  }
}
