import fc from 'fast-check'
import t from 'tap'
import { LineBuffer } from './line-buffer.ts'

/** Returns a buffer, and a function that drains it and returns the batches. */
function lineBuffer(bytes = 8) {
  const buffer = new LineBuffer(bytes)
  const drain = (limit = 1000, minBytes = 1) => {
    const batches: string[] = []
    buffer.drain(limit, minBytes, (lines) => batches.push(`${lines}`))
    return batches
  }
  return { buffer, drain }
}

t.test('whole lines are passed on, and an unfinished one waits for its end', async (t) => {
  const { buffer, drain } = lineBuffer()
  buffer.add('1\n2\nunfini')
  t.equal(buffer.hasLine, true)
  t.strictSame(drain(), ['1\n2\n'])
  t.equal(buffer.hasLine, false)
  t.strictSame(drain(), [])
  t.equal(buffer.length, 6)
  buffer.add('shed\n')
  t.equal(buffer.hasLine, true)
  t.strictSame(drain(), ['unfinished\n'])
  t.equal(buffer.length, 0)
})

t.test('batches have at most the limit, and a longer line is a batch of its own', async (t) => {
  const { buffer, drain } = lineBuffer()
  buffer.add('123\n567\n9\n123456789\n1234567\n1\n')
  t.strictSame(drain(8), ['123\n567\n', '9\n', '123456789\n', '1234567\n', '1\n'])
})

t.test('a batch that is too small stays, and is passed on later', async (t) => {
  const { buffer, drain } = lineBuffer()
  buffer.add('123\n567\n9\n')
  t.strictSame(drain(8, 3), ['123\n567\n'])
  t.equal(buffer.hasLine, true)
  t.strictSame(drain(8, 2), ['9\n'])
})

t.test('much text is encoded when it arrives, so that its size is known in bytes', async (t) => {
  const { buffer, drain } = lineBuffer()
  buffer.add('ä'.repeat(10_000))
  t.equal(buffer.length, 20_000)
  t.equal(buffer.hasLine, false)
  buffer.add('\n')
  t.equal(buffer.length, 20_001)
  t.strictSame(drain(), [`${'ä'.repeat(10_000)}\n`])
})

t.test('a line that is encoded already is found', async (t) => {
  const { buffer, drain } = lineBuffer()
  buffer.add(`${'x'.repeat(10_000)}\n`)
  t.equal(buffer.hasLine, true)
  t.strictSame(drain(), [`${'x'.repeat(10_000)}\n`])
  t.equal(buffer.hasLine, false)
})

t.test('at the end, a line without its newline gets one', async (t) => {
  const cases: [text: string, batches: string[]][] = [
    ['', []],
    ['1\n', ['1\n']],
    ['1\n2', ['1\n2\n']],
    ['\n', ['\n']],
    ['x\ud83d', ['x\ufffd\n']],
  ]
  for (const [text, batches] of cases) {
    const { buffer, drain } = lineBuffer()
    buffer.add(text)
    buffer.close()
    t.equal(buffer.hasLine, text !== '')
    t.strictSame(drain(), batches)
    t.equal(buffer.length, 0)
  }
})

t.test('in whatever chunks text comes, and whenever it is drained, the lines are the same', async () => {
  const text = fc.string({ unit: fc.constantFrom('a', '\n', 'ä', '€', '😀'), maxLength: 200 })
  const cuts = fc.array(fc.record({ length: fc.integer({ min: 1, max: 20 }), limit: fc.integer({ min: 1, max: 30 }) }))
  fc.assert(
    fc.property(text, cuts, fc.constantFrom(1, 8, 1000), (text, cuts, size) => {
      const { buffer, drain } = lineBuffer(size)
      const found: string[] = []
      const drainTo = (limit: number) => {
        const batches = drain(limit)
        found.push(...batches)
        return batches.every((lines) => Buffer.byteLength(lines) <= limit || lines.indexOf('\n') === lines.length - 1)
      }
      let done = 0
      for (const { length, limit } of cuts) {
        buffer.add(text.slice(done, done + length))
        done += length
        if (!drainTo(limit) || buffer.hasLine) return false
      }
      buffer.add(text.slice(done))
      buffer.close()
      const end = text === '' || text.endsWith('\n') ? '' : '\n'
      return drainTo(16) && found.join('') === text + end && buffer.length === 0
    }),
  )
})
