import t, { type Test } from 'tap'
import { LiveMemory } from './live-memory.ts'
import { SimulatedClock, start } from './simulated-clock.test-kit.ts'
import { areWhole, lateLines, type RunningMerge, startMerge, untilEnd } from './simulated-merge.test-kit.ts'
import { SimulatedPipe } from './simulated-pipe.test-kit.ts'
import { computeFor, lineAt, logFor, PinoWriter } from './simulated-ranks.test-kit.ts'

type Ranks = PinoWriter[]

const kib = 2 ** 10

function ranksOf(clock: SimulatedClock, count: number, capacity = 4 * kib): Ranks {
  return Array.from({ length: count }, () => new PinoWriter(clock, new SimulatedPipe(capacity)))
}
const pipesOf = (ranks: Ranks) => ranks.map(({ pipe }) => pipe)

function isRight(t: Test, { out }: RunningMerge, ranks: Ranks): void {
  t.ok(areWhole(out, ranks), 'each line once, and each rank in its order')
  t.strictSame(lateLines(out), [], 'no line is after a later one')
}

for (const [name, settings] of [
  ['little memory, so that pipes are always full', { maxBytes: 1 }],
  ['memory to read ahead', { maxBytes: 1, memory: new LiveMemory() }],
] as const)
  t.test(
    `lines of ranks that sleep with a line in hand while their pipe is full are in order, with ${name}`,
    async (t) => {
      const clock = new SimulatedClock()
      const ranks = ranksOf(clock, 4)
      const merge = startMerge(clock, pipesOf(ranks), settings)
      for (const [at, rank] of ranks.entries()) clock.after(7 * at, () => logFor(clock, rank, 600))
      let step = 0
      await untilEnd(clock, merge, () => (step++ % 40 === 0 ? 30 : 0)) // this process sometimes waits for a CPU core
      isRight(t, merge, ranks)
    },
  )

t.test('lines of ranks that block their event loop while they log are in order', async (t) => {
  for (const [name, isBusyVisible, ...ms] of [
    ['within the window', false, 240, 200, 220],
    ['for longer, if the merge sees that they compute', true, 600, 700, 800, 500],
    ['one for much longer than the others', true, 1900, 100, 300],
  ] as const) {
    const clock = new SimulatedClock()
    const ranks = ranksOf(clock, ms.length, 64 * kib)
    const merge = startMerge(clock, pipesOf(ranks), { maxWindowMs: 2000, memory: new LiveMemory() })
    for (const [at, rank] of ranks.entries()) {
      rank.pipe.isBusyVisible = isBusyVisible
      clock.after(10 * at, () => computeFor(clock, rank, ms[at] as number))
    }
    await untilEnd(clock, merge)
    t.comment(name)
    isRight(t, merge, ranks)
  }
})

t.test(
  'such lines are also in order after a silence; if the merge does not see computing, once the window has grown',
  async (t) => {
    for (const isBusyVisible of [true, false]) {
      const clock = new SimulatedClock()
      const ranks = ranksOf(clock, 3, 64 * kib)
      const merge = startMerge(clock, pipesOf(ranks), { maxWindowMs: 2000, memory: new LiveMemory() })
      for (const [at, rank] of ranks.entries()) {
        rank.pipe.isBusyVisible = isBusyVisible
        computeFor(clock, rank, 300 + 50 * at, () => {
          clock.after(20_000 - 100 * at, () => computeFor(clock, rank, 500 - 50 * at))
        })
      }
      await untilEnd(clock, merge)
      t.ok(areWhole(merge.out, ranks))
      const known = merge.out.filter(({ time }) => isBusyVisible || time > start + 10_000)
      t.ok(known.length > 1000)
      t.strictSame(lateLines(known), [])
    }
  },
)

t.test('at the start the merge waits for a rank that has not written yet', async (t) => {
  const clock = new SimulatedClock()
  const ranks = ranksOf(clock, 3, 64 * kib) as [PinoWriter, PinoWriter, PinoWriter]
  const merge = startMerge(clock, pipesOf(ranks), { startMs: 2000 })
  const [first, second, third] = ranks
  logFor(clock, first, 1500)
  clock.after(300, () => logFor(clock, second, 700))
  // the first line is slow, because the program has to be compiled and waits for a CPU core
  clock.after(1000, () => third.hold(lineAt(clock.time)))
  clock.after(1150, () => {
    third.flush()
    logFor(clock, third, 200)
  })
  await untilEnd(clock, merge)
  isRight(t, merge, ranks)
})

t.test('a slow reader makes no line late, although ranks sleep with a line in hand meanwhile', async (t) => {
  for (const memory of [undefined, new LiveMemory({ maxOwnerBytes: 64 * kib })]) {
    const clock = new SimulatedClock()
    const ranks = ranksOf(clock, 3)
    const pause = () => new Promise<void>((resume) => clock.after(400, resume))
    const merge = startMerge(clock, pipesOf(ranks), { maxBytes: 1, memory, pause })
    for (const [at, rank] of ranks.entries()) clock.after(37 * at, () => logFor(clock, rank, 1500))
    await untilEnd(clock, merge)
    isRight(t, merge, ranks)
  }
})

t.test('the merge waits for a rank that was just read after its pipe had long been full', async (t) => {
  const clock = new SimulatedClock()
  const ranks = ranksOf(clock, 2, 100) as [PinoWriter, PinoWriter] // room for one line
  const [sleeper, other] = ranks
  let pauses = 0
  const pause = () => new Promise<void>((resume) => (pauses++ === 0 ? clock.after(1000, resume) : resume()))
  const merge = startMerge(clock, pipesOf(ranks), { pause })
  for (const rank of ranks) rank.write(lineAt(clock.time))
  for (const ms of [100, 200, 300]) clock.after(ms, () => sleeper.write(lineAt(clock.time)))
  for (const ms of [310, 320]) clock.after(ms, () => other.write(lineAt(clock.time)))
  clock.after(2000, () => ranks.map((rank) => rank.end()))
  await untilEnd(clock, merge)
  t.ok(pauses > 1)
  isRight(t, merge, ranks)
})

t.test('the merge waits for a rank again once it reconnects', async (t) => {
  const clock = new SimulatedClock()
  const ranks = ranksOf(clock, 2) as [PinoWriter, PinoWriter]
  const [stays, returns] = ranks
  const merge = startMerge(clock, pipesOf(ranks), {})
  returns.write(lineAt(clock.time))
  clock.after(1, () => {
    returns.pipe.isAway = true
  })
  logFor(clock, stays, 2000)
  clock.after(1000, () => returns.hold(lineAt(clock.time)))
  clock.after(1000, () => {
    returns.pipe.isAway = false
  })
  clock.after(1200, () => returns.end())
  await untilEnd(clock, merge)
  isRight(t, merge, ranks)
  const early = merge.out.filter(({ source, time }) => source === 0 && time < start + 900)
  t.ok(
    early.every(({ time, at }) => at - time <= 2),
    'no line waited while it was disconnected',
  )
})

t.test('the merge waits for bytes that have arrived and that the source has not given yet', async (t) => {
  const clock = new SimulatedClock()
  const ranks = ranksOf(clock, 2) as [PinoWriter, PinoWriter]
  const [first, held] = ranks
  const merge = startMerge(clock, pipesOf(ranks), {})
  for (const rank of ranks) rank.write(lineAt(clock.time))
  clock.after(20, () => first.write(lineAt(clock.time)))
  clock.after(30, () => {
    held.pipe.isHeld = true
    held.write(lineAt(clock.time - 15))
  })
  for (const ms of [100, 200, 280]) clock.after(ms, () => first.write(lineAt(clock.time)))
  clock.after(600, () => held.pipe.release())
  clock.after(2000, () => ranks.map((rank) => rank.end()))
  await untilEnd(clock, merge)
  isRight(t, merge, ranks)
})

t.test('the merge waits for what a rank gave before it disconnected', async (t) => {
  const clock = new SimulatedClock()
  const ranks = ranksOf(clock, 2, 64 * kib)
  for (let line = 0; line < 200; line++) {
    for (const [at, rank] of ranks.entries()) rank.write(lineAt(clock.time, at === 0 ? 250 : 0))
    clock.time++
  }
  ;(ranks[0] as PinoWriter).pipe.isAway = true
  const merge = startMerge(clock, pipesOf(ranks), { maxBytes: 1, memory: new LiveMemory() })
  clock.after(1000, () => ranks.map((rank) => rank.end()))
  await untilEnd(clock, merge)
  isRight(t, merge, ranks)
})

t.test('no line is late because this process stood still within a turn of its event loop', async (t) => {
  const clock = new SimulatedClock()
  const ranks = ranksOf(clock, 2) as [PinoWriter, PinoWriter]
  const merge = startMerge(clock, pipesOf(ranks), {})
  const [one, other] = ranks
  const writeAt = async (ms: number, rank: PinoWriter) => {
    clock.time = start + ms
    rank.write(lineAt(clock.time))
    for (let turn = 0; turn < 6; turn++) await new Promise(setImmediate)
  }
  await writeAt(0, one)
  await writeAt(200, other)
  await writeAt(260, one)
  const arrived = writeAt(300, one)
  await new Promise(setImmediate)
  clock.time += 1100 // before the event loop looks at the pipes, which have a line of the other rank
  await new Promise(setImmediate)
  other.write(lineAt(start + 250))
  await arrived
  for (const rank of ranks) rank.end()
  await untilEnd(clock, merge)
  isRight(t, merge, ranks)
})

t.test('text that arrived during a long pause of the reader makes no later line of its rank late', async (t) => {
  const clock = new SimulatedClock()
  const ranks = ranksOf(clock, 2, 100) as [PinoWriter, PinoWriter] // room for one line
  const [sleeper, other] = ranks
  let pauses = 0
  const pause = () => new Promise<void>((resume) => (pauses++ === 0 ? clock.after(1000, resume) : resume()))
  const merge = startMerge(clock, pipesOf(ranks), { pause })
  for (const rank of ranks) rank.write(lineAt(clock.time))
  for (const ms of [100, 200]) clock.after(ms, () => sleeper.write(` ${lineAt(0)}`)) // text has no time
  clock.after(350, () => sleeper.write(lineAt(clock.time))) // its pipe is full until the pause ends
  clock.after(360, () => other.write(lineAt(clock.time)))
  clock.after(3000, () => ranks.map((rank) => rank.end()))
  await untilEnd(clock, merge)
  isRight(t, merge, ranks)
})
