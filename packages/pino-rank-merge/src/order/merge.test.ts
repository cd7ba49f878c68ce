import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { layoutOf } from '../kernel/layout.ts'
import { LineTime } from './line-time.ts'
import { type MergeOptions, merge } from './merge.ts'

/** Bytes in pieces, as a disk or a pipe gives them. */
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

/** By the contract: each source in its order, times that never fall, equal ones by source. */
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

t.test('any sources, cut anywhere, in little memory: each line once, in order', async (_t) => {
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

t.test('lines of 64 MB pass, in bounded memory', async (t) => {
  const long = (time: number, fill: string) =>
    Buffer.from(`{"level":30,"time":${time},"msg":"${fill.repeat(2 ** 26)}"}\n`)
  const short = (time: number) => Buffer.from(`{"level":30,"time":${time}}\n`)
  const [first, second, third, fourth] = [1, 2, 3, 4].map((at) =>
    (at === 2 ? long : short)(1_700_000_000_000 + at, 'a'),
  ) as [Buffer, Buffer, Buffer, Buffer]
  const found = await mergeAll([Buffer.concat([second, fourth]), Buffer.concat([first, third])])
  t.ok(found.equals(Buffer.concat([first, second, third, fourth])))
})

t.test('buffers that are used again, those of sources and ours', async (t) => {
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

t.test('no source, and empty ones', async (t) => {
  t.equal((await mergeAll([])).length, 0)
  t.equal((await mergeAll([Buffer.alloc(0), Buffer.alloc(0)])).length, 0)
})

t.test('names and units of time', async (t) => {
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

/** A source that a test writes to. */
class TestSource implements AsyncIterable<Uint8Array> {
  readonly #chunks: Uint8Array[] = []
  #hasEnded = false
  #wake = () => {}

  write(...times: number[]): void {
    this.writeText(times.map((time) => `{"level":30,"time":${1_700_000_000_000 + time}}\n`).join(''))
  }

  writeText(text: string): void {
    this.#chunks.push(Buffer.from(text))
    this.#wake()
  }

  end(): void {
    this.#hasEnded = true
    this.#wake()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      const next = this.#chunks.shift()
      if (next) yield next
      else if (this.#hasEnded) return
      else
        await new Promise<void>((wake) => {
          this.#wake = wake
        })
    }
  }
}

const timesIn = (chunk: Buffer) =>
  String(chunk)
    .match(/1[67]\d{11}/g)
    ?.map((time) => Number(time) - 1_700_000_000_000) ?? []

t.test(
  'live: in order within the window, idle and dead sources hold nothing, late lines are written and counted',
  async (t) => {
    let now = 1_700_000_000_000
    const sources = [new TestSource(), new TestSource(), new TestSource()] as const
    const lines = merge(sources, { live: true, now: () => now, reorderWindowMs: 50 })
    const chunks = lines[Symbol.asyncIterator]()
    const next = async (count: number) => {
      const until = now + 60
      const passing = setInterval(() => {
        if (now < until) now += 10 // while lines wait
      }, 1)
      const times: number[] = []
      while (times.length < count) times.push(...timesIn((await chunks.next()).value as Buffer))
      clearInterval(passing)
      return times
    }
    const [a, b, c] = sources
    a.write(10, 30)
    b.write(20, 40)
    c.end()
    now += 100
    t.strictSame(await next(4), [10, 20, 30, 40], 'both were there in the window')
    a.write(200)
    now += 200
    t.strictSame(await next(1), [200], 'an idle source is waited for no longer than the window')
    b.write(60)
    t.strictSame(await next(1), [60], 'late, and written at once')
    t.equal(lines.stats().late, 1)
    a.write(320)
    a.end()
    b.end()
    t.strictSame(await next(1), [320])
    t.match(await chunks.next(), { done: true })
  },
)

t.test('live: text of a source without times stands where it arrived', async (t) => {
  let now = 1_700_000_000_010
  const [records, text] = [new TestSource(), new TestSource()]
  const lines = merge([records, text], { live: true, now: () => now })
  let found = ''
  const reading = (async () => {
    for await (const chunk of lines) found += chunk
  })()
  const later = async (ms: number) => {
    for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate)
    now += ms
  }
  records.write(10)
  await later(10)
  text.writeText('Traceback:\n  File "a.py"\n')
  await later(10)
  records.write(30)
  await later(10)
  text.writeText('KeyError\n')
  await later(100)
  records.end()
  text.end()
  await reading
  t.match(found, /^\{.*010\}\nTraceback:\n {2}File "a.py"\n\{.*030\}\nKeyError\n$/)
})

t.test('live: sources whose buffers are full of one time continue, whichever source is silent', async (t) => {
  const moment = 1_700_000_000_000
  const sources = Array.from({ length: 6 }, () => new TestSource())
  const [full, alsoFull, silent] = sources as [TestSource, TestSource, TestSource]
  let now = moment + 100
  const lines = merge(sources, { live: true, now: () => now++, maxBytes: 1 })
  const times = Array<number>(5000).fill(7)
  silent.write(5)
  full.write(...times)
  alsoFull.write(...times)
  let found = 0
  for await (const chunk of lines) {
    found += timesIn(chunk).length
    if (found === 10_001) break
  }
  t.equal(found, 10_001)
})

t.test('live: clocks that differ', async (t) => {
  let now = 1_700_000_000_000
  const [right, ahead, behind] = [new TestSource(), new TestSource(), new TestSource()]
  const lines = merge([right, ahead, behind], { live: true, now: () => now })
  const found: number[] = []
  const reading = (async () => {
    for await (const chunk of lines) found.push(...timesIn(chunk))
  })()
  for (let step = 0; step < 100; step++) {
    const time = 10 * step
    right.write(time)
    ahead.write(time + 50_001)
    behind.write(time - 50_002)
    for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate)
    now += 10
    if (step === 50) while (!found.includes(50_001)) await new Promise(setImmediate) // the future is not waited for
  }
  for (const source of [right, ahead, behind]) source.end()
  await reading
  for (const own of [(time: number) => time >= 50_000, (time: number) => time < -1_000]) {
    const times = found.filter(own)
    t.equal(times.length, 100)
    t.strictSame(
      times,
      times.toSorted((a, b) => a - b),
      'each source in its order',
    )
  }
  t.strictSame(
    found.filter((time) => time % 10 === 1).map((time) => time - 50_001),
    found.filter((time) => time % 10 === 0),
    'ahead: beside the lines of its time',
  )
  t.strictSame(
    [0, 1, 2].map((source) => Math.round(lines.skew(source) / 100) * 100),
    [0, 50_000, -50_000],
  )
})

t.test('live: the error of a source is thrown', async (t) => {
  const failing = (async function* () {
    yield Buffer.from('{"level":30,"time":1700000000000}\n')
    throw new Error('on purpose')
  })()
  await t.rejects(
    async () => {
      for await (const _ of merge([failing, new TestSource()], { live: true })) {
      }
    },
    { message: 'on purpose' },
  )
})

/** What a live source does next, at some time of a clock that goes on by itself. */
const event = fc.record({ source: fc.nat(3), later: fc.nat(40), ago: fc.nat(80), count: fc.nat(3), ends: fc.nat(19) })

t.test(
  'live: any sources that speak, are late, stay silent or end: each line once, in order within the window',
  async (_t) => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 40 }), fc.boolean(), async (events, wasm) => {
        const windowMs = 50
        let now = 1_000
        const sources = Array.from({ length: 4 }, () => new TestSource())
        const ended = new Set<number>()
        const written: { time: number; source: number; isLate: boolean }[] = []
        const lasts = [0, 0, 0, 0]
        const lines = merge(sources, {
          live: true,
          wasm,
          now: () => 1_700_000_000_000 + now,
          reorderWindowMs: windowMs,
        })
        const found: number[] = []
        const reading = (async () => {
          for await (const chunk of lines) found.push(...timesIn(chunk))
        })()
        for (const { source, later, ago, count, ends } of events) {
          now += later
          if (ended.has(source)) continue
          // a time of its own each, by which it is found again; within a source they never fall
          const times = Array.from({ length: count }, () => {
            const time = Math.max((lasts[source] as number) + 4, 4 * Math.floor((now - ago) / 4) + source)
            lasts[source] = 4 * Math.floor(time / 4) + source
            return lasts[source] as number
          })
          now = Math.max(now, ...times) // nothing comes before it was written
          for (const time of times) written.push({ time, source, isLate: now - time > windowMs })
          if (times.length > 0) sources[source]?.write(...times)
          if (ends === 0) {
            sources[source]?.end()
            ended.add(source)
          }
          await new Promise(setImmediate)
        }
        for (const source of sources) source.end()
        await reading
        assert.deepEqual(
          found.toSorted((a, b) => a - b),
          written.map(({ time }) => time).sort((a, b) => a - b),
        )
        for (const source of lasts.keys()) {
          const own = found.filter((time) => time % 4 === source)
          assert.deepEqual(
            own,
            own.toSorted((a, b) => a - b),
            'each source in its order',
          )
        }
        let [latest, inversions] = [0, 0]
        const before = new Map<number, number>() // what was out when a source was first heard: nobody knew that it tells times
        for (const time of found) {
          if (!before.has(time % 4)) before.set(time % 4, latest)
          if (time < latest) {
            inversions++
            assert.ok(
              time < (before.get(time % 4) as number) || written.find((line) => line.time === time)?.isLate,
              `${time} came in time, and stands behind ${latest}`,
            )
          }
          latest = Math.max(latest, time)
        }
        assert.ok(inversions <= lines.stats().late)
      }),
      { numRuns: 200 },
    )
  },
)

t.test('who does not read is not overrun', async (t) => {
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
    t.ok(before < 2 ** 24, `${before} bytes were asked for`)
    await chunks.return(undefined)
  }
})

t.test('the memory is what was allowed, or the least that serves', async (_t) => {
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
