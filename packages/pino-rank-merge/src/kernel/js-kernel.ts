import { jsGroups } from './js-groups.ts'
import { jsSort } from './js-sort.ts'
import type { Kernel } from './kernel.ts'
import { unknownTime } from './kernel.ts'

/** The times of text, which has none, and of a record without a time. */
const none = -2
const untimed = -3

const [newline, quote, comma, dash, dot, zero, colon, upperT, upperZ, open, backslash, close, brace, closeBrace] = [
  10, 34, 44, 45, 46, 48, 58, 84, 90, 91, 92, 93, 123, 125,
]

const head = Buffer.from('{"level":')
const pinoKey = Buffer.from(',"time":')

/** Returns a kernel in JavaScript, for systems without WebAssembly. Its results are the same. */
export function jsKernel(size: number): Kernel {
  const buffer = Buffer.alloc(size)
  const view = new DataView(buffer.buffer, buffer.byteOffset, size)
  const lines = new JsLines(buffer)
  return {
    bytes: buffer,
    ...jsSort(buffer),
    ...jsGroups(buffer),
    scan(start, limit, ends, times, maxLines, before, key, keyLength, isPinoKey, result) {
      let at = start
      let last = before
      let count = 0
      let records = 0
      while (count < maxLines) {
        const end = buffer.indexOf(newline, at) + 1
        if (end > limit) break
        let time = isPinoKey ? lines.leading(at, end) : unknownTime
        if (time === unknownTime) time = lines.located(at, end - 1, key, keyLength)
        if (time > last) last = time
        if (time === untimed) records++
        view.setUint32(ends + 4 * count, end, true)
        view.setFloat64(times + 8 * count, time === unknownTime ? unknownTime : last, true)
        count++
        at = end
        if (time === unknownTime) break
      }
      view.setUint32(result, records, true)
      return count
    },
    emit(index, count, from, to, out, limit, result) {
      let at = index
      let end = out
      while (at < count) {
        const start = view.getUint32(from + 4 * at, true)
        let stop = view.getUint32(to + 4 * at, true)
        if (end + stop - start > limit) break
        let next = at + 1
        for (; next < count && view.getUint32(from + 4 * next, true) === stop; next++) {
          const further = view.getUint32(to + 4 * next, true)
          if (end + further - start > limit) break
          stop = further
        }
        buffer.copyWithin(end, start, stop)
        end += stop - start
        at = next
      }
      view.setUint32(result, end, true)
      return at
    },
  }
}

/** The functions of the same names in assembly/kernel.ts, in JavaScript. */
class JsLines {
  readonly #bytes: Buffer

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  leading(start: number, end: number): number {
    if (end - start < 34) return unknownTime
    const bytes = this.#bytes
    for (let at = 0; at < 9; at++) if (bytes[start + at] !== head[at]) return unknownTime
    for (let at = 0; at < 8; at++) if (bytes[start + 11 + at] !== pinoKey[at]) return unknownTime
    const after = bytes[start + 32]
    if (after !== comma && after !== closeBrace) return unknownTime
    let time = 0
    for (let at = start + 19; at < start + 32; at++) {
      const digit = (bytes[at] as number) - zero
      if (digit < 0 || digit > 9) return unknownTime
      time = 10 * time + digit
    }
    return time
  }

  located(start: number, end: number, key: number, keyLength: number): number {
    const bytes = this.#bytes
    if (bytes[start] !== brace) {
      let first = start
      while (isSpace(bytes[first])) first++
      return bytes[first] === brace ? unknownTime : none
    }
    if (keyLength === 0) return unknownTime
    let at = start + 1
    let depth = 1
    while (at < end) {
      const byte = bytes[at]
      if (byte === quote) {
        const after = this.#stringEnd(at + 1, end)
        if (depth === 1) {
          const byte = bytes[after]
          if (byte === colon) {
            if (after - at === keyLength && this.#isEqual(at, key, keyLength)) return this.#valueAt(after + 1, end)
            if (bytes.subarray(at, after).includes(backslash)) return unknownTime
          } else if (isSpace(byte)) return unknownTime
        }
        at = after
        continue
      }
      if (byte === brace || byte === open) depth++
      else if (byte === closeBrace || byte === close) {
        depth--
        if (depth === 0) return untimed
      }
      at++
    }
    return unknownTime
  }

  #stringEnd(start: number, end: number): number {
    let at = start
    while (at < end) {
      const byte = this.#bytes[at++]
      if (byte === quote) return at
      if (byte === backslash) at++
    }
    return end
  }

  #isEqual(a: number, b: number, length: number): boolean {
    for (let at = 0; at < length; at++) if (this.#bytes[a + at] !== this.#bytes[b + at]) return false
    return true
  }

  #valueAt(start: number, end: number): number {
    if (this.#bytes[start] === quote) return this.#isoAt(start + 1, end)
    let at = start
    let value = 0
    while (at < end) {
      const digit = (this.#bytes[at] as number) - zero
      if (digit < 0 || digit > 9) break
      value = 10 * value + digit
      at++
      if (at - start > 14) return unknownTime
    }
    const after = this.#bytes[at]
    return at - start >= 12 && (after === comma || after === closeBrace) ? value : unknownTime
  }

  #isoAt(start: number, end: number): number {
    if (end - start < 22) return unknownTime
    const bytes = this.#bytes
    const [year, month, day] = [this.#number(start, 4), this.#number(start + 5, 2), this.#number(start + 8, 2)]
    const [hour, minute, second] = [start + 11, start + 14, start + 17].map((at) => this.#number(at, 2)) as Three
    if ((year | month | day | hour | minute | second) < 0) return unknownTime
    const signs =
      bytes[start + 4] === dash && bytes[start + 7] === dash && bytes[start + 10] === upperT && bytes[start + 13] === colon && bytes[start + 16] === colon // biome-ignore format: a row
    if (!signs || year < 1970 || hour > 23 || minute > 59 || second > 59) return unknownTime
    const time = Date.UTC(year, month - 1, day, hour, minute, second)
    if (month < 1 || month > 12 || day < 1 || new Date(time).getUTCDate() !== day) return unknownTime
    let millisecond = 0
    let at = start + 19
    if (bytes[at] === dot) {
      millisecond = this.#number(at + 1, 3)
      if (millisecond < 0) return unknownTime
      at += 4
    }
    return bytes[at] === upperZ && bytes[at + 1] === quote ? time + millisecond : unknownTime
  }

  #number(start: number, digits: number): number {
    let value = 0
    for (let at = start; at < start + digits; at++) {
      const digit = (this.#bytes[at] as number) - zero
      if (digit < 0 || digit > 9) return -1
      value = 10 * value + digit
    }
    return value
  }
}

function isSpace(byte: number | undefined): boolean {
  return byte === 32 || byte === 9 || byte === 13
}

type Three = [number, number, number]
