import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { merge } from './merge.ts'
import { TestSource, timesIn } from './test-source.test-kit.ts'

t.test(
  'live lines are in order within the window, idle and ended sources hold none back, late lines are counted',
  async (t) => {
    let now = 1_700_000_000_000
    const sources = [new TestSource(), new TestSource(), new TestSource()] as const
    const lines = merge(sources, { live: true, now: () => now, reorderWindowMs: 50 })
    const chunks = lines[Symbol.asyncIterator]()
    const next = async (count: number) => {
      const until = now + 60
      const interval = setInterval(() => {
        if (now < until) now += 10 // while lines wait
      }, 1)
      const times: number[] = []
      while (times.length < count) times.push(...timesIn((await chunks.next()).value as Buffer))
      clearInterval(interval)
      return times
    }
    const [a, b, c] = sources
    a.write(10, 30)
    b.write(20, 40)
    c.end()
    now += 100
    t.strictSame(await next(4), [10, 20, 30, 40], 'both arrived within the window')
    a.write(200)
    now += 200
    t.strictSame(await next(1), [200], 'the merge waits for an idle source no longer than the window')
    b.write(60)
    t.strictSame(await next(1), [60], 'a late line is written at once')
    t.equal(lines.stats().late, 1)
    a.write(320)
    a.end()
    b.end()
    t.strictSame(await next(1), [320])
    t.match(await chunks.next(), { done: true })
  },
)

t.test('live text of a source without times is placed by its arrival', async (t) => {
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

t.test(
  'live sources whose memory is full of lines with one time continue, even if another source is silent',
  async (t) => {
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
  },
)

t.test('live sources with different clocks are merged, and skew() returns the differences', async (t) => {
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
    if (step === 50) while (!found.includes(50_001)) await new Promise(setImmediate) // lines from the future do not wait
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
    'lines of a clock that is ahead are placed by their arrival',
  )
  t.strictSame(
    [0, 1, 2].map((source) => Math.round(lines.skew(source) / 100) * 100),
    [0, 50_000, -50_000],
  )
})

t.test('the error of a live source is thrown', async (t) => {
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

/** An event: a source writes some lines or ends, `later` ms after the event before. */
const event = fc.record({ source: fc.nat(3), later: fc.nat(40), ago: fc.nat(80), count: fc.nat(3), ends: fc.nat(19) })

t.test(
  'any live sources that write, are late, stay silent or end: each line is there once, in order within the window',
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
          // each line has its own time, by which it is found again; times of a source never decrease
          const times = Array.from({ length: count }, () => {
            const time = Math.max((lasts[source] as number) + 4, 4 * Math.floor((now - ago) / 4) + source)
            lasts[source] = 4 * Math.floor(time / 4) + source
            return lasts[source] as number
          })
          now = Math.max(now, ...times) // no line arrives before its time
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
        const before = new Map<number, number>() // the latest time in the output before a source's first line: the merge did not wait for that source yet
        for (const time of found) {
          if (!before.has(time % 4)) before.set(time % 4, latest)
          if (time < latest) {
            inversions++
            assert.ok(
              time < (before.get(time % 4) as number) || written.find((line) => line.time === time)?.isLate,
              `${time} was not late, and is after ${latest}`,
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
