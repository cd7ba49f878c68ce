import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { LineTime } from '../order/line-time.ts'
import { jsKernel } from './js-kernel.ts'
import type { Kernel } from './kernel.ts'
import { kernelOf } from './wasm-kernel.ts'

const size = 2 ** 20
const wasm = kernelOf(size)
const js = jsKernel(size)
const [start, key, ends, times, from, to, out, result] = [4096, 64, 2 ** 18, 2 ** 19, 0x90000, 0xa0000, 0xb0000, 128]

/** Returns what a kernel finds in a text: the end of each line, and its time. */
function scanLines(kernel: Kernel, text: Buffer, name = 'time', maxLines = 1000): [end: number, time: number][] {
  const buffer = Buffer.from(kernel.bytes.buffer, kernel.bytes.byteOffset, kernel.bytes.byteLength)
  const quoted = Buffer.from(JSON.stringify(name))
  quoted.copy(buffer, key)
  text.copy(buffer, start)
  buffer[start + text.length] = 10
  const isPinoKey = name === 'time'
  const count = kernel.scan(start, start + text.length, ends, times, maxLines, 0, key, quoted.length, isPinoKey, result)
  const view = new DataView(buffer.buffer, buffer.byteOffset)
  return Array.from({ length: count }, (_, at) => [
    view.getUint32(ends + 4 * at, true) - start,
    view.getFloat64(times + 8 * at, true),
  ])
}

/** Returns how many records without a time the last scan found. */
function untimedRecords({ bytes }: Kernel): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(result, true)
}

t.test('both kernels count records without a time, and do not count text', async (t) => {
  const lines = ['{"a":1}', 'text', '{"time":1700000000000}', '{"a":{"time":1}}', '{"torn', '', '{}']
  for (const kernel of [wasm, js]) {
    const texts = lines.filter((line) => line !== '{"torn') // both stop there, and leave that line to JSON.parse
    scanLines(kernel, Buffer.from(texts.map((line) => `${line}\n`).join('')))
    t.equal(untimedRecords(kernel), 3)
  }
})

const digit = fc.integer({ min: 0, max: 9 })
const time = fc.oneof(
  fc.integer({ min: 0, max: 2 ** 48 }),
  fc.integer({ min: 1_600_000_000_000, max: 1_800_000_000_000 }),
  fc
    .date({ min: new Date(0), max: new Date('2100-01-01') })
    .filter((date) => !Number.isNaN(date.getTime()))
    .map((date) => date.toISOString()),
  fc.array(digit, { maxLength: 20 }).map((digits) => digits.join('')),
  fc.constantFrom(
    '2024-02-29T00:00:00Z',
    '2023-02-29T00:00:00.000Z',
    '2024-13-01T00:00:00Z',
    '2024-01-01T24:00:00Z',
    null,
    true,
    1.5,
    -1,
  ),
)
const record = fc.record({ a: fc.jsonValue(), time, b: fc.jsonValue() }, { requiredKeys: [] })
const line = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .record({ level: fc.constantFrom(10, 30, 100), time, more: fc.jsonValue() })
      .map((fields) => JSON.stringify(fields)),
  },
  { weight: 2, arbitrary: record.map((fields) => JSON.stringify(fields)) },
  record.map((fields) => JSON.stringify(fields, undefined, 1).replaceAll('\n', ' ')),
  fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\n', '')),
  fc.constantFrom(
    '',
    '{',
    '{"time":',
    '{"time":"',
    '{"time":"2024',
    '{"level":30,"time":1700000000000',
    '{"level":30,"time":1700000000000x',
  ),
)

t.test('both kernels find the same lines and times in any text', async (_t) => {
  fc.assert(
    fc.property(
      fc.array(line, { maxLength: 20 }),
      fc.string(),
      fc.constantFrom('time', 'when', 'a"b'),
      fc.integer({ min: 1, max: 8 }),
      (lines, rest, name, maxLines) => {
        const text = Buffer.from(lines.map((line) => `${line}\n`).join('') + rest.replaceAll('\n', ''))
        assert.deepEqual(scanLines(wasm, text, name, maxLines), scanLines(js, text, name, maxLines))
        assert.equal(untimedRecords(wasm), untimedRecords(js))
      },
    ),
    { numRuns: 2000 },
  )
})

t.test('a time that the kernel reads is the time that JSON.parse finds', async (t) => {
  let count = 0
  fc.assert(
    fc.property(line, (text) => {
      const [[, found = NaN] = []] = scanLines(wasm, Buffer.from(`${text}\n`))
      if (found <= 0) return
      count++
      assert.equal(found, new LineTime().read(text))
    }),
    { numRuns: 5000 },
  )
  t.ok(count > 500, `it read ${count} times`)
})

t.test('both kernels copy the same bytes', async (_t) => {
  const ranges = fc.array(fc.tuple(fc.nat(3000), fc.nat(2000), fc.boolean()), { minLength: 1, maxLength: 30 })
  fc.assert(
    fc.property(ranges, fc.integer({ min: 2000, max: 20_000 }), (ranges, room) => {
      const copied = [wasm, js].map((kernel) => {
        const buffer = Buffer.from(kernel.bytes.buffer, kernel.bytes.byteOffset, kernel.bytes.byteLength)
        for (let at = 0; at < 8192; at++) buffer[start + at] = at * 7
        const view = new DataView(buffer.buffer, buffer.byteOffset)
        let last = start
        ranges.forEach(([skip, length, near], at) => {
          const begin = near ? Math.min(last, start + 5000) : start + skip
          last = begin + length
          view.setUint32(from + 4 * at, begin, true)
          view.setUint32(to + 4 * at, last, true)
        })
        const next = kernel.emit(0, ranges.length, from, to, out, out + room, result)
        return [next, Buffer.from(buffer.subarray(out, view.getUint32(result, true)))]
      })
      assert.deepEqual(copied[0], copied[1])
    }),
  )
})
