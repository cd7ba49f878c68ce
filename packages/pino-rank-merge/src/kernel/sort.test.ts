import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { jsKernel } from './js-kernel.ts'
import type { Kernel } from './kernel.ts'
import { kernelOf } from './wasm-kernel.ts'

const size = 2 ** 20
const kernels = [kernelOf(size), jsKernel(size)]
const [times, ends, bins, from, to, planTimes, places] = [0x88000, 0x98000, 0xa8000, 0xb8000, 0xc8000, 0xd8000, 0xe8000] as const // biome-ignore format: a table
const maxLines = 1000

interface Sorted {
  source: number
  time: number
  from: number
  to: number
}

/** Sorts the lines of sources by bins of `width` ms. Each line is as long as its index within its source, plus 1. */
function sortLines(kernel: Kernel, sources: readonly number[][], earliest: number, width: number, range: number) {
  const view = new DataView(kernel.bytes.buffer, kernel.bytes.byteOffset)
  const perWidth = 1 / width
  const binCount = Math.floor(range * perWidth) + 1
  new Uint8Array(kernel.bytes.buffer, kernel.bytes.byteOffset + bins, 4 * (binCount + 1)).fill(0)
  const before = bins - 8
  view.setFloat64(before, 0.1, true)
  const first = (source: number) => source * maxLines
  for (const [source, own] of sources.entries()) {
    let end = 10_000 * source
    for (const [line, time] of own.entries()) {
      end += line + 1
      view.setFloat64(times + 8 * (first(source) + line), time, true)
      view.setUint32(ends + 4 * (first(source) + line), end, true)
    }
    kernel.countTimes(times + 8 * first(source), own.length, earliest, perWidth, bins)
  }
  kernel.sumBins(bins, binCount)
  for (const [source, own] of sources.entries()) {
    const end = kernel.placeLines(
      times + 8 * first(source),
      ends + 4 * first(source),
      own.length,
      10_000 * source,
      source,
      earliest,
      perWidth,
      bins,
      from,
      to,
      planTimes,
      places,
    )
    assert.equal(end, 10_000 * source + (own.length * (own.length + 1)) / 2, 'the end of its last line')
  }
  assert.equal(view.getFloat64(before, true), 0.1, 'nothing before the bins is changed')
  return Array.from(
    { length: sources.flat().length },
    (_, at): Sorted => ({
      source: view.getUint16(places + 2 * at, true),
      time: view.getFloat64(planTimes + 8 * at, true),
      from: view.getUint32(from + 4 * at, true),
      to: view.getUint32(to + 4 * at, true),
    }),
  )
}

/** Returns what the kernels should find: lines by their bins, and within a bin by source. */
function reference(sources: readonly number[][], earliest: number, width: number): Sorted[] {
  const all = sources.flatMap((own, source) => {
    let to = 10_000 * source
    return own.map((time, line) => {
      const start = to
      to += line + 1
      return { source, time, from: start, to }
    })
  })
  const bin = ({ time }: Sorted) => Math.floor((time - earliest) / width)
  return all.toSorted((a, b) => bin(a) - bin(b))
}

const earliest = 1_700_000_000_000

t.test('both kernels sort lines by bins of times, and each source keeps its order within a bin', async (_t) => {
  const source = fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 60 })
  fc.assert(
    fc.property(fc.array(source, { minLength: 1, maxLength: 4 }), fc.constantFrom(1, 2, 64), (offsets, width) => {
      const sources = offsets.map((own) => own.map((ms) => earliest + ms / 4).sort((a, b) => a - b))
      const expected = reference(sources, earliest, width)
      for (const kernel of kernels) assert.deepEqual(sortLines(kernel, sources, earliest, width, 101), expected)
    }),
    { numRuns: 200 },
  )
})

t.test('both kernels find times that are not in order', async (t) => {
  const cases: [times: number[], isSorted: boolean][] = [
    [[], true],
    [[5], true],
    [[5, 5, 6.5], true],
    [[6, 5], false],
    [[1, 2, 3, 2.5], false],
    [[2, 1, 3], false],
  ]
  for (const [values, isSorted] of cases)
    for (const { bytes, isSorted: check } of kernels) {
      const view = new DataView(bytes.buffer, bytes.byteOffset)
      for (const [at, value] of [9, ...values, 0].entries()) view.setFloat64(times + 8 * at, value, true)
      t.equal(Boolean(check(times + 8, values.length)), isSorted, values.join())
    }
})
