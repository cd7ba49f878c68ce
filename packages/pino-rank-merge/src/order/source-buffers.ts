import type { Layout } from '../kernel/index.ts'
import { type Kernel, unknownTime } from '../kernel/index.ts'
import { Arrivals } from './arrivals.ts'
import { LineTime, recordIn, type TimeKey } from './line-time.ts'

/** Maximum length of a read, in bytes. Larger reads are no faster. */
const maxReadBytes = 2 ** 16

/** The bytes of each source that are not planned yet, with an index of their lines. Arrays are indexed by source. */
export class SourceBuffers {
  /** Number of sources that ended within a line. */
  unfinished = 0
  /** Start of the first line that is not planned, and end of the source's bytes. */
  readonly start: Uint32Array
  readonly limit: Uint32Array
  /** Number of bytes that each source has delivered so far. */
  readonly receivedBytes: Float64Array
  /** Index of the next line, and number of lines in the index. */
  readonly next: Uint32Array
  readonly indexed: Uint32Array
  /** Time of the last line in the index, in ms since 1970. */
  readonly last: Float64Array
  /** Number of records without a time. */
  readonly untimed: Float64Array
  readonly ended: Uint8Array
  /** 1 if the source's bytes are the start of a line that is longer than its memory. They are indexed as one line. */
  readonly long: Uint8Array
  /** 1 if the source's incomplete last line got a newline in the output. */
  readonly broken: Uint8Array
  /** The index: end and time of each line, from `layout.line(source)` on. Times never decrease. */
  readonly ends: Uint32Array
  readonly times: Float64Array
  /** Live: the arrival times of the lines. */
  readonly arrivals: Arrivals
  readonly buffer: Buffer
  readonly kernel: Kernel
  readonly #layout: Layout
  readonly #timeKey: TimeKey
  /** The reader of times of each source. */
  readonly #lineTimes: LineTime[] = []
  /** The reader whose key is in the kernel's memory. */
  #currentKey: LineTime | undefined

  constructor(sources: number, kernel: Kernel, layout: Layout, timeKey: TimeKey) {
    const { buffer, byteOffset, byteLength } = kernel.bytes
    const lines = layout.line(sources)
    this.kernel = kernel
    this.#layout = layout
    this.#timeKey = timeKey
    this.buffer = Buffer.from(buffer, byteOffset, byteLength)
    this.ends = new Uint32Array(buffer, byteOffset + layout.ends, lines)
    this.times = new Float64Array(buffer, byteOffset + layout.times, lines)
    this.start = Uint32Array.from({ length: sources }, (_, source) => layout.slot(source))
    this.limit = this.start.slice()
    this.receivedBytes = new Float64Array(sources)
    this.next = new Uint32Array(sources)
    this.indexed = new Uint32Array(sources)
    this.last = new Float64Array(sources)
    this.arrivals = new Arrivals(sources, this.times, layout)
    this.untimed = new Float64Array(sources)
    this.ended = new Uint8Array(sources)
    this.long = new Uint8Array(sources)
    this.broken = new Uint8Array(sources)
  }

  /** Returns the memory for a source's next bytes. It is empty if the source has no room left. */
  room(source: number): Buffer {
    const { region } = this.#layout
    const space = this.#layout.slot(source) + 2 * region
    if (space - at(this.limit, source) < region) this.#compact(source)
    const end = at(this.limit, source)
    return this.buffer.subarray(end, Math.min(end + maxReadBytes, space))
  }

  /** Reports whether a source has few bytes, or must be read before more can be planned. If so, there is room for its bytes. */
  isLow(source: number): boolean {
    if (this.ended[source]) return false
    const hasLines = this.hasLines(source)
    if (this.long[source]) return false
    return !hasLines || at(this.limit, source) - at(this.start, source) < this.#layout.region / 2
  }

  /** Records that `length` bytes were written to `room(source)`. */
  commit(source: number, length: number): void {
    const limit = at(this.limit, source) + length
    this.receivedBytes[source] = at(this.receivedBytes, source) + length
    this.limit[source] = limit
    this.#terminate(source)
    if (this.broken[source]) this.#dropNewline(source)
    if (!this.isRead(source) && !this.long[source]) this.#index(source)
  }

  /** Drops the newline that a broken line already has in the output. */
  #dropNewline(source: number): void {
    this.broken[source] = 0
    const start = at(this.start, source)
    if (this.buffer[start] === 10) this.start[source] = start + 1
  }

  /** Reports whether a source has a line that is not planned. Scans its bytes if none is in the index. */
  hasLines(source: number): boolean {
    if (!this.isRead(source)) return true
    if (at(this.limit, source) > at(this.start, source) && this.#index(source)) return true
    if (!this.ended[source] || at(this.limit, source) === at(this.start, source)) return false
    this.unfinished++
    this.#terminate(source)
    this.commit(source, 1)
    return this.#index(source)
  }

  /**
   * Writes a newline after a source's bytes, at which the kernel stops. It also completes a last line without a newline.
   */
  #terminate(source: number): void {
    this.buffer[at(this.limit, source)] = 10
  }

  /** Moves the bytes that are not planned yet to the front of the source's memory. */
  #compact(source: number): void {
    const slot = this.#layout.slot(source)
    const start = at(this.start, source)
    if (start === slot) return
    this.buffer.copyWithin(slot, start, at(this.limit, source))
    this.start[source] = slot
    this.limit[source] = at(this.limit, source) - (start - slot)
    this.#terminate(source)
    const first = this.#layout.line(source)
    const [next, indexed] = [at(this.next, source), at(this.indexed, source)]
    for (let line = next; line < indexed; line++) {
      this.ends[first + line - next] = at(this.ends, first + line) - (start - slot)
      this.times[first + line - next] = at(this.times, first + line)
    }
    this.next[source] = 0
    this.indexed[source] = indexed - next
  }

  /** Adds more lines of a source to the index. Returns false if there is no whole line. */
  #index(source: number): boolean {
    if (this.isRead(source)) this.next[source] = this.indexed[source] = 0
    const first = this.#layout.line(source)
    const { maxLines } = this.#layout
    const limit = at(this.limit, source)
    const lineTime = this.#lineTimeOf(source)
    const { key, isPinoKey } = lineTime
    const before = at(this.last, source)
    let last = before
    let found = at(this.indexed, source)
    const known = found
    let start = found > 0 ? at(this.ends, first + found - 1) : at(this.start, source)
    while (found < maxLines) {
      const ends = this.#layout.ends + 4 * (first + found)
      const times = this.#layout.times + 8 * (first + found)
      const { scan } = this.kernel
      const more = scan(
        start,
        limit,
        ends,
        times,
        maxLines - found,
        last,
        this.#layout.key,
        key?.length ?? 0,
        isPinoKey,
        this.#layout.result,
      )
      this.untimed[source] = at(this.untimed, source) + this.buffer.readUInt32LE(this.#layout.result)
      if (more === 0) break
      const index = first + found + more - 1
      found += more
      if (this.times[index] !== unknownTime) {
        last = at(this.times, index)
        break
      }
      if (more > 1) {
        start = at(this.ends, index - 1)
        last = at(this.times, index - 1)
      }
      const record = recordIn(this.buffer.toString('utf8', start, at(this.ends, index)))
      const time = record && lineTime.of(record)
      if (record && time === undefined) this.untimed[source] = at(this.untimed, source) + 1
      last = Math.max(last, time ?? last)
      this.times[index] = last
      start = at(this.ends, index)
    }
    if (found === 0 && limit - at(this.start, source) === 2 * this.#layout.region) {
      const time = lineTime.find(this.buffer.toString('utf8', start, start + this.#layout.region))
      last = Math.max(last, time ?? last)
      this.ends[first] = limit
      this.times[first] = last
      this.long[source] = 1
      found = 1
    }
    this.indexed[source] = found
    this.last[source] = this.arrivals.note(source, known, found, before, last)
    return found > 0
  }

  /** Returns the reader of times of a source, and puts its key into the kernel's memory. */
  #lineTimeOf(source: number): LineTime {
    let lineTime = this.#lineTimes[source]
    if (!lineTime) {
      const name = typeof this.#timeKey === 'string' ? this.#timeKey : this.#timeKey(source)
      lineTime = this.#lineTimes.find((known) => known?.name === name) ?? new LineTime(name)
      this.#lineTimes[source] = lineTime
    }
    if (this.#currentKey !== lineTime) lineTime.key?.copy(this.buffer, this.#layout.key)
    this.#currentKey = lineTime
    return lineTime
  }

  /** Reports whether all lines in the index of a source are planned. */
  isRead(source: number): boolean {
    return at(this.next, source) >= at(this.indexed, source)
  }
}

type Numbers = Uint32Array | Uint16Array | Float64Array

/** Returns a number of a typed array. The index must exist. */
export function at(numbers: Numbers, index: number): number {
  return numbers[index] as number
}
