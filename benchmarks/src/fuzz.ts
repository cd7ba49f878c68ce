import { setImmediate as turn } from 'node:timers/promises'
import { kernelOf, LineTime } from 'pino-rank-merge/core'
import { randomFrom } from '../../packages/ranklog-bench/dist/stats/stats.js'
import { randomLine } from './fuzz-lines.ts'
import type { Settings } from './settings.ts'
import type { Table } from './table.ts'

const size = 2 ** 21
const [key, result, start, room, ends, times] = [64, 512, 1024, 2 ** 20, 0x110000, 0x180000]
const maxLines = 4096
const unknown = -1

const about = `The scanner of pino-rank-merge on random lines, which depend only on --seed: records of pino and of other loggers, nested, escaped,
with times of all kinds, and the same records broken. Known: the kernel read the time itself. It must be the time that JSON.parse
finds, if the line is JSON with one time. Asked: the kernel left the line to JavaScript. A difference is a line with another end or
another time, or a line for which the kernels in WebAssembly and JavaScript differ.`

interface Counts {
  lines: number
  known: number
  asked: number
  'no JSON': number
  'two times': number
  differences: number
}

/** Checks that the scanner finds the same times as JSON.parse, for random lines. */
export async function fuzz({ minutes, seed, onProgress }: Settings): Promise<Table[]> {
  const random = randomFrom(seed)
  const scanners = [new Scanner(true), new Scanner(false)]
  const counts: Counts = { lines: 0, known: 0, asked: 0, 'no JSON': 0, 'two times': 0, differences: 0 }
  const until = performance.now() + 60_000 * minutes
  let first: string | undefined
  for (let left = until - performance.now(); left > 0; left = until - performance.now()) {
    onProgress(`${Math.ceil(left / 1000)} s left, ${counts.lines} lines`)
    await turn() // lets the process handle signals
    const lines = batch(random)
    const offset = Math.floor(64 * random())
    const found = scanners.map((scanner) => scanner.times(lines, offset)) as [Float64Array, Float64Array]
    lines.forEach((line, at) => {
      if (isRight(line, found[0][at] as number, found[1][at] as number, counts)) return
      counts.differences++
      first ??= line.toString()
    })
  }
  const title = `Lines and times, ${+minutes.toPrecision(2)} min, seed ${seed}`
  const failure = first === undefined ? {} : { failure: `${counts.differences} differences, the first: ${first}` }
  return [{ title, about, rows: [{ ...counts }], ...failure }]
}

function batch(random: () => number): Buffer[] {
  const lines: Buffer[] = []
  for (let bytes = 0; ; ) {
    const line = randomLine(random)
    bytes += line.length + 1
    if (bytes > room - 128 || lines.length === maxLines) return lines
    lines.push(line)
  }
}

const time = new LineTime()

/**
 * Reports whether the kernels read a line correctly, and counts the line.
 *
 * @param found the time by the kernel in WebAssembly; NaN if it found another end of the line
 * @param other the same by the kernel in JavaScript
 */
function isRight(line: Buffer, found: number, other: number, counts: Counts): boolean {
  counts.lines++
  if (Number.isNaN(found) || found !== other) return false
  if (found === unknown) {
    counts.asked++
    return true
  }
  const text = line.toString()
  let isJson = true
  try {
    JSON.parse(text)
  } catch {
    isJson = false
  }
  if (!isJson) {
    counts['no JSON']++
    return true
  }
  if ((text.match(/"tim(?:e|\\u0065)"/g)?.length ?? 0) > 1) {
    counts['two times']++ // the kernel takes the first, which is pino's; JSON.parse the last
    return true
  }
  const expected = time.read(text)
  if (expected !== undefined) counts.known++
  return (expected ?? 0) === found
}

/** Runs one of the kernels, with a memory of its own. */
class Scanner {
  readonly #kernel
  readonly #bytes: Buffer

  constructor(wasm: boolean) {
    this.#kernel = kernelOf(size, wasm)
    const { buffer, byteOffset, byteLength } = this.#kernel.bytes
    this.#bytes = Buffer.from(buffer, byteOffset, byteLength)
    time.key?.copy(this.#bytes, key)
  }

  /** Returns the time of each line: 0 if it has none, -1 if the kernel leaves it to JavaScript, NaN if the kernel finds another end. */
  times(lines: readonly Buffer[], offset: number): Float64Array {
    const found = new Float64Array(lines.length)
    let at = start + offset
    let limit = at
    for (const line of lines) {
      this.#bytes.set(line, limit)
      limit += line.length
      this.#bytes[limit++] = 10
    }
    this.#bytes[limit] = 10
    for (let index = 0; index < lines.length; index++) {
      // scans one line at a time: with several, the kernel raises a time to that of the line before
      const count = this.#kernel.scan(at, limit, ends, times, 1, 0, key, time.key?.length ?? 0, true, result)
      const end = at + (lines[index] as Buffer).length + 1
      found[index] = count === 1 && this.#bytes.readUInt32LE(ends) === end ? this.#bytes.readDoubleLE(times) : NaN
      at = end
    }
    return found
  }
}
