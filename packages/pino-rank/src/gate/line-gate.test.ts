import fc from 'fast-check'
import t from 'tap'
import { LineGate, type LineGateOptions } from './line-gate.ts'

const field = ['rank', 3] as const

t.test('a line is let through from the level on, and gets the rank as its first field', (t) => {
  const cases: [name: string, options: LineGateOptions, line: string, passed: string][] = [
    ['at the level', { min: 30 }, '{"level":30,"msg":"a"}', '{"level":30,"msg":"a"}'],
    ['below the level', { min: 31 }, '{"level":30,"msg":"a"}', ''],
    ['nothing passes', { min: Infinity }, '{"level":60}', ''],
    ['the rank goes in first', { min: 0, field }, '{"level":30}', '{"rank":3,"level":30}'],
    ['an empty record', { min: 0, field }, '{}', '{"rank":3}'],
    ['an unknown rank', { min: 0, field: ['r', 'unknown'] }, '{"a":1}', '{"r":"unknown","a":1}'],
    ['the level is not in front', { min: 50 }, '{"time":1,"level":30}', ''],
    ['the level is a label', { min: 50 }, '{"level":"INFO","msg":"a"}', ''],
    ['a label at the level', { min: 50 }, '{"level":"error"}', '{"level":"error"}'],
    ['a nested level is not the level', { min: 50 }, '{"o":{"level":10},"level":60}', '{"o":{"level":10},"level":60}'],
    ['a custom label below the level', { min: 50, levels: { Audit: 35 } }, '{"level":"audit"}', ''],
    ['a custom label at the level', { min: 35, levels: { audit: 35 } }, '{"level":"AUDIT"}', '{"level":"AUDIT"}'],
    ['a label that every object has passes', { min: 50 }, '{"level":"toString"}', '{"level":"toString"}'],
    ['an unknown label passes', { min: 50 }, '{"level":"audit"}', '{"level":"audit"}'],
    ['no level passes', { min: 50 }, '{"msg":"a"}', '{"msg":"a"}'],
    ['no record passes, untagged', { min: 50, field }, '    at main.js:3', '    at main.js:3'],
    ['an empty line', { min: 0, field }, '', ''],
  ]
  for (const [name, options, line, passed] of cases) {
    const expected = passed || line === '' ? `${passed}\n` : ''
    t.equal(new LineGate(options).pass(`${line}\n`), expected, name)
  }
  t.end()
})

t.test('the result does not depend on where the text is cut', (t) => {
  const line = fc.oneof(
    fc.record({ level: fc.constantFrom(10, 30, 50, 'info', 'error'), msg: fc.string() }).map((o) => JSON.stringify(o)),
    fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\n', ' ')),
  )
  const cuts = fc.array(fc.nat(400), { maxLength: 8 })
  fc.assert(
    fc.property(fc.array(line, { maxLength: 6 }), cuts, fc.boolean(), (lines, cuts, closed) => {
      const text = lines.join('\n') + (closed ? '\n' : '')
      const whole = new LineGate({ min: 50, field })
      const expected = whole.pass(text) + whole.end()
      const points = [0, ...cuts.map((cut) => Math.min(cut, text.length)).sort((a, b) => a - b), text.length]
      const parts = points.map((from, i) => text.slice(from, points[i + 1] ?? from))
      const gate = new LineGate({ min: 50, field })
      return parts.map((part) => gate.pass(part)).join('') + gate.end() === expected
    }),
  )
  t.end()
})
