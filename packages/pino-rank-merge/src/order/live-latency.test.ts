import t from 'tap'
import { LiveMemory } from './live-memory.ts'
import { each, SimulatedClock, start } from './simulated-clock.test-kit.ts'
import { areWhole, type RunningMerge, startMerge, untilEnd } from './simulated-merge.test-kit.ts'
import { SimulatedPipe } from './simulated-pipe.test-kit.ts'
import { lineAt, logFor, PinoWriter } from './simulated-ranks.test-kit.ts'

const windowMs = 250

interface Ranks {
  clock: SimulatedClock
  ranks: PinoWriter[]
  pipes: SimulatedPipe[]
}

function createRanks(count: number): Ranks {
  const clock = new SimulatedClock()
  const ranks = Array.from({ length: count }, () => new PinoWriter(clock, new SimulatedPipe(2 ** 16)))
  return { clock, ranks, pipes: ranks.map(({ pipe }) => pipe) }
}

/** Returns the maximum delay of a source's lines from a time on. */
function latency({ out }: RunningMerge, source: number, fromMs = 0): number {
  const own = out.filter((line) => line.source === source && line.time >= start + fromMs)
  return Math.max(...own.map(({ time, at }) => at - time))
}

t.test('a line waits for silent ranks no longer than the window', async (t) => {
  const { clock, ranks, pipes } = createRanks(8)
  const merge = startMerge(clock, pipes, { maxWindowMs: 2000 })
  for (const [at, rank] of ranks.entries())
    each(
      clock,
      397,
      10,
      (step) => step % (at + 1) === 0 && rank.write(lineAt(clock.time)),
      () => rank.end(),
    )
  await untilEnd(clock, merge)
  t.ok(areWhole(merge.out, ranks))
  for (const source of ranks.keys()) t.ok(latency(merge, source) <= windowMs + 2, `${latency(merge, source)} ms`)
})

t.test('a single rank never waits, and after the start window no rank waits for ranks without lines', async (t) => {
  for (const [count, startMs] of [
    [1, 2000],
    [4, 0],
    [4, 2000],
  ] as const) {
    const { clock, ranks, pipes } = createRanks(count)
    const merge = startMerge(clock, pipes, { startMs, maxWindowMs: 2000 })
    const [single, ...others] = ranks as [PinoWriter]
    each(
      clock,
      300,
      20,
      () => single.write(lineAt(clock.time)),
      () => {
        for (const rank of [single, ...(others as PinoWriter[])]) rank.end()
      },
    )
    await untilEnd(clock, merge)
    t.equal(latency(merge, 0, startMs), 0)
    t.ok(latency(merge, 0) <= (count === 1 ? 0 : windowMs + 2))
  }
})

t.test('the merge does not wait for a rank that has ended', async (t) => {
  const { clock, ranks, pipes } = createRanks(3)
  const merge = startMerge(clock, pipes, { maxWindowMs: 2000, memory: new LiveMemory() })
  const [first, second, third] = ranks as [PinoWriter, PinoWriter, PinoWriter]
  logFor(clock, first, 50)
  logFor(clock, second, 60)
  third.write(lineAt(clock.time))
  clock.after(70, () => {
    third.pipe.write('{"level":30,"time":') // it dies in the middle of a line
    third.pipe.end()
  })
  await untilEnd(clock, merge)
  t.ok(clock.time <= start + 75, `the last line came out after ${clock.time - start} ms`)
  t.equal(merge.out.length, 112)
})

t.test('the merge does not wait long for a rank without usable times', async (t) => {
  for (const [name, textAt] of [
    ['text after a record', (clock: SimulatedClock, step: number) => (step === 0 ? lineAt(clock.time) : 'text\n')],
    ['a clock that is behind', (clock: SimulatedClock) => lineAt(clock.time - 50_000)],
    [
      'a clock that stands still',
      (clock: SimulatedClock, step: number) => lineAt(step === 0 ? clock.time : start + 10),
    ],
    ['a clock that is too slow', (clock: SimulatedClock, step: number) => lineAt(clock.time - 9 * step)],
    ['a part of a line', (clock: SimulatedClock, step: number) => (step === 0 ? lineAt(clock.time) : 'x')],
  ] as const) {
    const { clock, ranks, pipes } = createRanks(2)
    const merge = startMerge(clock, pipes, { maxWindowMs: 2000, memory: new LiveMemory() })
    const [right, wrong] = ranks as [PinoWriter, PinoWriter]
    each(
      clock,
      10,
      6000,
      (step) => wrong.pipe.write(textAt(clock, step)),
      () => wrong.end(),
    )
    each(
      clock,
      100,
      600,
      () => right.write(lineAt(clock.time)),
      () => right.end(),
    )
    await untilEnd(clock, merge)
    t.equal(merge.out.filter(({ source }) => source === 0).length, 600)
    const maxMs = name.endsWith('slow') ? 30_000 : name.endsWith('still') ? 2000 : 0
    t.ok(latency(merge, 0) <= maxMs + 2 * windowMs + 2, `${name}: ${latency(merge, 0)} ms`)
    t.ok(latency(merge, 0, 59_000) <= windowMs + 2, `${name}, at the end: ${latency(merge, 0, 59_000)} ms`)
  }
})

t.test('the merge waits for a computing rank no longer than the maximum window', async (t) => {
  const { clock, ranks, pipes } = createRanks(2)
  const merge = startMerge(clock, pipes, { maxWindowMs: 2000 })
  const [right, busy] = ranks as [PinoWriter, PinoWriter]
  busy.pipe.isBusy = true
  busy.write(lineAt(clock.time))
  each(
    clock,
    50,
    200,
    () => right.write(lineAt(clock.time)),
    () => ranks.map((rank) => rank.end()),
  )
  await untilEnd(clock, merge)
  t.ok(latency(merge, 0) <= 2002 && latency(merge, 0) > 1900, `${latency(merge, 0)} ms`)
  t.ok(latency(merge, 0, 2000) <= windowMs + 2)
})

t.test('a window without a larger maximum does not grow', async (t) => {
  const { clock, ranks, pipes } = createRanks(2)
  const merge = startMerge(clock, pipes, { windowMs: 20 })
  const [right, busy] = ranks as [PinoWriter, PinoWriter]
  busy.pipe.isBusy = true
  each(
    clock,
    500,
    5,
    () => busy.write(lineAt(clock.time - 300)),
    () => busy.end(),
  )
  each(
    clock,
    50,
    50,
    () => right.write(lineAt(clock.time)),
    () => right.end(),
  )
  await untilEnd(clock, merge)
  t.ok(latency(merge, 0) <= 22, `${latency(merge, 0)} ms`)
})
