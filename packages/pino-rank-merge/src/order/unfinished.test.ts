import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { type Layout, layoutOf } from '../kernel/layout.ts'
import { kernelOf } from '../kernel/wasm-kernel.ts'
import { OutputRing } from './output-ring.ts'
import { Planner } from './planner.ts'

/** Merges sources as `ranklog merge` does: their bytes are read into the planner's own memory. */
function mergeToText(sources: readonly Buffer[], layout: Layout, wasm: boolean, maxReadBytes: number) {
  const kernel = kernelOf(layout.size, wasm)
  const planner = new Planner(sources.length, kernel, layout, 'time')
  const ring = new OutputRing(kernel, layout)
  const chunks: Buffer[] = []
  const take = () => {
    const filled = ring.take()
    if (!filled) return
    chunks.push(Buffer.from(filled))
    ring.release(filled)
  }
  const read = sources.map(() => 0)
  for (let outcome = planner.plan(); outcome !== 'done'; outcome = planner.plan()) {
    if (outcome === 'planned') while (!ring.copy(planner.planned.count)) take()
    else {
      const { needed } = planner
      const from = read[needed] as number
      const length = (sources[needed] as Buffer).copy(planner.room(needed), 0, from, from + maxReadBytes)
      read[needed] = from + length
      if (length > 0) planner.commit(needed, length)
      else planner.end(needed)
    }
  }
  take()
  return { text: Buffer.concat(chunks).toString(), unfinished: planner.stats().unfinished }
}

interface Timed {
  time: number
  text: string
}

/** Returns the lines of all sources in the order of time. Lines of the same time are in the order of their sources. */
function inOrder(sources: readonly Timed[][]): string[] {
  const sorted = sources.flat().sort((a, b) => a.time - b.time) // a stable sort
  return sorted.map(({ text }) => text)
}

const line = fc.record({ step: fc.integer({ min: 0, max: 30 }), length: fc.oneof(fc.nat(300), fc.nat(9000)) })
const source = fc.record({ lines: fc.array(line, { maxLength: 300 }), ends: fc.boolean() })

t.test('every line of sources of any size, with and without a last newline, is written once', async (_t) => {
  const property = fc.property(
    fc.array(source, { minLength: 1, maxLength: 5 }),
    fc.boolean(),
    fc.constantFrom(1, 2 ** 25),
    fc.constantFrom(1000, 65_536),
    (sources, wasm, budget, maxReadBytes) => {
      const lines = sources.map(({ lines }, rank) => {
        let time = 1_700_000_000_000
        return lines.map(({ step, length }, n) => {
          time += step
          return { time, text: `{"level":30,"time":${time},"id":"${rank}.${n}","fill":"${'x'.repeat(length)}"}` }
        })
      })
      const bytes = sources.map(({ ends }, rank) => {
        const own = (lines[rank] ?? []).map(({ text }) => text)
        return Buffer.from(own.join('\n') + (ends && own.length > 0 ? '\n' : ''))
      })
      const { text, unfinished } = mergeToText(bytes, layoutOf(sources.length, budget), wasm, maxReadBytes)
      const found = text.split('\n')
      assert.equal(found.pop(), '', 'the last line ends in a newline')
      assert.deepEqual(found, inOrder(lines))
      assert.equal(unfinished, sources.filter(({ lines, ends }) => lines.length > 0 && !ends).length)
    },
  )
  fc.assert(property, { numRuns: 300 })
})
