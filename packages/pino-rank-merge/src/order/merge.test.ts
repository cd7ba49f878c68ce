import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { layoutOf } from '../kernel/layout.ts'
import { LineTime } from './line-time.ts'
import { type MergeOptions, merge } from './merge.ts'

/** Yields bytes in pieces, like a disk or a pipe. */
function* cut(bytes: Buffer, sizes: readonly number[]): Generator<Buffer> {
  for (let at = 0, piece = 0; at < bytes.length; piece++) {
    const length = sizes[piece % sizes.length] as number
    yield bytes.subarray(at, at + length)
    at += length
  }
}

async function mergeAll(
  sources: readonly Buffer[],
  options: MergeOptions = {},
  sizes: readonly number[] = [65_536],
): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of merge(
    sources.map((bytes) => cut(bytes, sizes)),
    options,
  ))
    chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** Implements the contract: each source in its order, times that never decrease, equal times by source. */
function reference(sources: readonly Buffer[]): Buffer {
  const time = new LineTime()
  const all = sources.flatMap((bytes, source) => {
    let last = 0
    const text = bytes.toString('latin1')
    const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n')
    return lines.map((line, at) => {
      last = Math.max(last, time.read(Buffer.from(line, 'latin1').toString()) ?? last)
      return { time: last, source, at, line }
    })
  })
  all.sort((a, b) => a.time - b.time || a.source - b.source || a.at - b.at)
  return Buffer.from(all.map(({ line }) => `${line}\n`).join(''), 'latin1')
}

const time = fc.oneof(
  fc.integer({ min: 1_700_000_000_000, max: 1_700_000_000_040 }),
  fc.integer({ min: 1_600_000_000_000, max: 1_800_000_000_000 }),
)
const line = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(time, fc.string()).map(([time, msg]) => JSON.stringify({ level: 30, time, pid: 1, msg })),
  },
  fc
    .tuple(time, fc.string())
    .map(([time, msg]) => JSON.stringify({ msg, nested: { time: 3 }, time: new Date(time).toISOString() })),
  fc.constantFrom(
    '    at Object.<anonymous> (train.js:1:1)',
    'Traceback (most recent call last):',
    '',
    '{"msg":"no time"}',
    '{ torn',
    '\r',
    '\0\x1b[31m',
  ),
  fc.integer({ min: 0, max: 20_000 }).map((length) => 'x'.repeat(length)),
)
const bytesOf = (lines: string[], newline: boolean) =>
  Buffer.from(lines.join('\n') + (newline && lines.length > 0 ? '\n' : ''))
const source = fc
  .tuple(fc.array(line, { maxLength: 60 }), fc.boolean())
  .map(([lines, newline]) => bytesOf(lines, newline))
const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 100_000 })), {
  minLength: 1,
  maxLength: 5,
})

t.test('any sources, in any pieces and with little memory, have each line once and in order', async (_t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(source, { minLength: 1, maxLength: 6 }),
      sizes,
      fc.boolean(),
      async (sources, sizes, wasm) => {
        const found = await mergeAll(sources, { wasm, maxBytes: 1 }, sizes)
        const expected = reference(sources)
        assert.ok(found.equals(expected))
      },
    ),
    { numRuns: 400 },
  )
})

t.test('lines of 64 MB are merged in bounded memory', async (t) => {
  const long = (time: number, fill: string) =>
    Buffer.from(`{"level":30,"time":${time},"msg":"${fill.repeat(2 ** 26)}"}\n`)
  const short = (time: number) => Buffer.from(`{"level":30,"time":${time}}\n`)
  const [first, second, third, fourth] = [1, 2, 3, 4].map((at) =>
    (at === 2 ? long : short)(1_700_000_000_000 + at, 'a'),
  ) as [Buffer, Buffer, Buffer, Buffer]
  const found = await mergeAll([Buffer.concat([second, fourth]), Buffer.concat([first, third])])
  t.ok(found.equals(Buffer.concat([first, second, third, fourth])))
})

t.test('sources may reuse the buffers of their chunks, and so may the merge', async (t) => {
  const line = (step: number) => `{"level":30,"time":${1_700_000_000_000 + step},"fill":"${'x'.repeat(step % 300)}"}\n`
  const texts = [0, 1, 2].map((source) =>
    Buffer.from(Array.from({ length: 20_000 }, (_, at) => line(3 * at + source)).join('')),
  )
  const one = function* (text: Buffer) {
    const used = Buffer.alloc(10_000)
    for (let at = 0; at < text.length; at += used.length) {
      yield used.subarray(0, text.copy(used, 0, at))
      used.fill('!')
    }
  }
  for (const live of [false, true]) {
    const found: Buffer[] = []
    let before: Buffer = Buffer.alloc(0)
    let chunks = 0
    for await (const chunk of merge(texts.map(one), { live, reuse: true })) {
      found.push(Buffer.from(before))
      before = chunk
      chunks++
    }
    found.push(before)
    t.ok(chunks > 4, `${chunks} chunks`)
    t.ok(Buffer.concat(found).equals(reference(texts)), `live: ${live}`)
  }
})

t.test('no source, or only empty sources, give no output', async (t) => {
  t.equal((await mergeAll([])).length, 0)
  t.equal((await mergeAll([Buffer.alloc(0), Buffer.alloc(0)])).length, 0)
})

t.test('times may have other names, units and forms', async (t) => {
  for (const [timeKey, ...lines] of [
    [
      'ts',
      '{"ts":1700000000.25}',
      '{"ts":"1700000000500000000"}',
      '{"ts":1700000000750000}',
      '{"ts":"2023-11-14T22:13:21+00:00"}',
    ],
    ['log.at', '{"log":{"at":1700000000000}}', '{"log.at":1700000000001}', '{"log":{"at":"2023-11-14T22:13:21Z"}}'],
  ] as [string, ...string[]][]) {
    const expected = lines.map((line) => `${line}\n`).join('')
    t.equal(
      String(
        await mergeAll(
          lines.toReversed().map((line) => Buffer.from(`${line}\n`)),
          { timeKey },
        ),
      ),
      expected,
      timeKey,
    )
  }
})

t.test('sources are not read while the output is not read', async (t) => {
  for (const live of [false, true]) {
    let given = 0
    const endless = async function* () {
      for (let time = 1_700_000_000_000; ; time++) {
        const chunk = Buffer.from(`{"level":30,"time":${time}}\n`.repeat(1000))
        given += chunk.length
        yield chunk
      }
    }
    const chunks = merge([endless(), endless(), endless()], { live, maxBytes: 2 ** 23 })[Symbol.asyncIterator]()
    await chunks.next()
    const before = given
    for (let turn = 0; turn < 100; turn++) await new Promise(setImmediate)
    t.equal(given, before, `live: ${live}`)
    t.ok(before < 2 ** 24, `${before} bytes were read`)
    await chunks.return(undefined)
  }
})

t.test('output buffers are long, unless they would take memory that the sources need', async (t) => {
  const outputBytes = (sources: number) => layoutOf(sources, 2 ** 25).outputBytes
  t.equal(outputBytes(8), 2 ** 21)
  t.equal(outputBytes(512), 2 ** 20)
  t.equal(layoutOf(512, 2 ** 25).region, 2 ** 14, 'as long as with short output buffers alone')
})

t.test('the memory is within its limit, or the minimum that is possible', async (_t) => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 1, max: 2 ** 28 }), (sources, budget) => {
      const { size } = layoutOf(sources, budget)
      assert.ok(
        size <= Math.max(budget, 4.6e6 + 13_000 * sources),
        `${size} for ${sources} sources and ${budget} bytes`,
      )
    }),
  )
})
