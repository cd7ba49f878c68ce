import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { Backlog } from './backlog.ts'
import { blockBytes, LiveMemory } from './live-memory.ts'
import { each, SimulatedClock } from './simulated-clock.test-kit.ts'
import { areWhole, lateLines, startMerge, untilEnd } from './simulated-merge.test-kit.ts'
import { SimulatedPipe } from './simulated-pipe.test-kit.ts'
import { computeFor, lineAt, logFor, PinoWriter } from './simulated-ranks.test-kit.ts'

t.test('memory is limited per owner and in total, and returned blocks are reused', async (t) => {
  const memory = new LiveMemory({ maxBytes: 5 * blockBytes, maxOwnerBytes: 2 * blockBytes })
  memory.reserve(blockBytes)
  const first = memory.take('0') as Buffer
  t.equal(first.length, blockBytes)
  t.ok(memory.take('0'))
  t.equal(memory.take('0'), undefined, 'the limit of the owner')
  t.ok(memory.take('1'))
  memory.reserve(blockBytes, '2')
  t.equal(memory.take('1'), undefined, 'the total limit')
  t.equal(memory.bytes, 5 * blockBytes)
  memory.release('0', first)
  t.equal(memory.take('1'), first)
})

t.test('with any pushes and shifts, two backlogs keep the order and arrival times of their bytes', async (_t) => {
  const step = fc.record({
    backlog: fc.nat(1),
    push: fc.option(fc.oneof(fc.nat(300), fc.nat(200_000)), { nil: undefined }),
    maxBytes: fc.integer({ min: 1, max: 100_000 }),
    later: fc.nat(1),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const memory = new LiveMemory({ maxBytes: 8 * blockBytes, maxOwnerBytes: 6 * blockBytes })
      let at = 1
      const backlogs = [0, 1].map((index) => ({
        given: [] as number[],
        taken: [] as number[],
        backlog: new Backlog(memory, `${index}`),
      }))
      const shift = ({ backlog, taken }: (typeof backlogs)[number], maxBytes: number) => {
        const { bytes, at } = backlog.first(maxBytes)
        assert.ok(bytes.length > 0 && bytes.length <= maxBytes)
        for (const byte of bytes) taken.push(1000 * at + byte)
        backlog.shift(bytes.length)
      }
      for (const { backlog: index, push, maxBytes, later } of steps) {
        const one = backlogs[index] as (typeof backlogs)[number]
        at += later
        if (push !== undefined) {
          const bytes = Buffer.alloc(push, at)
          const count = one.backlog.push(bytes, at)
          if (count < push) assert.equal(memory.take(`${index}`), undefined, 'a limit is reached')
          for (let byte = 0; byte < count; byte++) one.given.push(1000 * at + (at % 256))
          bytes.fill(0) // the backlog has copied the bytes
        } else if (one.backlog.length > 0) shift(one, maxBytes)
        assert.ok(memory.bytes <= 8 * blockBytes)
      }
      for (const one of backlogs) {
        while (one.backlog.length > 0) shift(one, 2 ** 20)
        assert.deepEqual(one.taken, one.given)
      }
      assert.equal(memory.bytes, 0)
    }),
    { numRuns: 30 },
  )
})

t.test('ranks that are ahead are read up to their memory limit', async (t) => {
  const maxOwnerBytes = 2 ** 19
  const clock = new SimulatedClock()
  const memory = new LiveMemory({ maxOwnerBytes })
  const [silent, fast] = [0, 1].map(() => new PinoWriter(clock, new SimulatedPipe(2 ** 16))) as [PinoWriter, PinoWriter]
  const merge = startMerge(clock, [silent.pipe, fast.pipe], { maxBytes: 1, memory })
  silent.write(lineAt(clock.time))
  let [peak, refused] = [0, 0]
  each(
    clock,
    1,
    1000,
    () => {
      peak = Math.max(peak, memory.bytes)
      if (fast.isBlocked) refused++
      else for (let count = 0; count < 8; count++) fast.write(lineAt(clock.time, 400)) // 3.5 MB/s for a window of 250 ms
    },
    () => {
      silent.end()
      fast.end()
    },
  )
  await untilEnd(clock, merge)
  t.ok(peak > maxOwnerBytes / 2 && peak <= maxOwnerBytes, `${peak} bytes`)
  t.ok(refused > 0, 'after that its pipe was full')
  t.strictSame(lateLines(merge.out), [])
  t.ok(areWhole(merge.out, [silent, fast]))
  t.equal(memory.bytes, 0)
})

t.test('with memory, a pipe does not fill up while the merge waits for another rank', async (t) => {
  const clock = new SimulatedClock()
  const ranks = [0, 1].map(() => new PinoWriter(clock, new SimulatedPipe(2 ** 16)))
  const [silent, fast] = ranks as [PinoWriter, PinoWriter]
  const merge = startMerge(clock, [silent.pipe, fast.pipe], { memory: new LiveMemory() })
  silent.write(lineAt(clock.time))
  let blocked = 0
  each(
    clock,
    1,
    500,
    () => {
      if (fast.isBlocked) blocked++
      for (let count = 0; count < 8; count++) fast.write(lineAt(clock.time, 900)) // 8 MB/s
    },
    () => {
      silent.end()
      fast.end()
    },
  )
  await untilEnd(clock, merge)
  t.equal(blocked, 0)
  t.strictSame(lateLines(merge.out), [])
})

/** One action of a rank, with its duration. */
const act = fc.record({ kind: fc.constantFrom('log', 'compute', 'pause'), ms: fc.integer({ min: 1, max: 60 }) })

t.test(
  'with any memory, each line of ranks that log, compute, pause and end is written once and in order',
  async (_t) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(act, { maxLength: 6 }), { minLength: 1, maxLength: 12 }),
        fc.record({ capacity: fc.constantFrom(8192, 65_536), blocks: fc.nat(6), startMs: fc.constantFrom(0, 2000) }),
        fc.array(fc.nat(30), { maxLength: 50 }),
        async (programs, { capacity, blocks, startMs }, delays) => {
          const clock = new SimulatedClock()
          const ranks = programs.map(() => new PinoWriter(clock, new SimulatedPipe(capacity)))
          const memory = new LiveMemory({ maxBytes: blocks * blockBytes, maxOwnerBytes: 2 * blockBytes })
          const merge = startMerge(
            clock,
            ranks.map(({ pipe }) => pipe),
            { maxWindowMs: 2000, maxBytes: 1, memory, startMs },
          )
          for (const [at, rank] of ranks.entries()) {
            const program = [...(programs[at] as (typeof programs)[number])]
            const next = () => {
              const act = program.shift()
              if (!act) rank.end()
              else if (act.kind === 'log') logFor(clock, rank, act.ms, next)
              else if (act.kind === 'compute') computeFor(clock, rank, act.ms, next)
              else clock.after(40 * act.ms, next)
            }
            rank.write(lineAt(clock.time)) // every rank has times from the start
            next()
          }
          let step = 0
          await untilEnd(clock, merge, () => {
            assert.ok(memory.bytes <= blocks * blockBytes)
            return delays[step++ % (delays.length || 1)] ?? 0
          })
          assert.ok(areWhole(merge.out, ranks))
          assert.deepEqual(lateLines(merge.out), [])
          assert.equal(memory.bytes, 0)
        },
      ),
      { numRuns: 40 },
    )
  },
)
