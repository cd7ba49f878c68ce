import t from 'tap'
import { SlowSinkDetector } from './slow-sink-detector.ts'

/** Returns a detector for a thread whose times the test sets. */
function timedDetector() {
  const times = { now: 0, waitedMs: 0, systemMs: 0 }
  const detector = new SlowSinkDetector(() => ({ waitedMs: times.waitedMs, systemMs: times.systemMs }))
  const write = ({ blocked = 0, waited = 0, computed = 0, bytes = 150 }) => {
    const startedAt = times.now
    times.now += blocked + waited + computed
    times.waitedMs += waited
    times.systemMs += computed
    return detector.addWrite(startedAt, times.now, bytes)
  }
  return { detector, write, times }
}

t.test('a write during which others had the core is not slow', async (t) => {
  const { write } = timedDetector()
  t.equal(write({ waited: 300, blocked: 5 }), false)
  t.equal(write({ waited: 30, blocked: 50 }), true)
})

t.test('a program that writes flat out to a disk that only copies is not slow', async (t) => {
  const { write, times } = timedDetector()
  for (let i = 0; i < 10_000; i++) {
    t.equal(write({ computed: 0.5 }), false)
    times.now += 0.5
  }
})

t.test('a copy that is large enough to take long counts as computing at the end of the second', async (t) => {
  const { write } = timedDetector()
  for (let i = 0; i < 200; i++) t.equal(write({ computed: 15 }), false)
})

t.test('short pauses of a disk do not make it slow; one of 50 ms does', async (t) => {
  const { write, times } = timedDetector()
  for (let i = 0; i < 60; i++) {
    t.equal(write({ blocked: 15 }), false)
    times.now += 1000
  }
  t.equal(write({ blocked: 50 }), true)
})

t.test('a sink that takes 5 MB/s is slow before it blocks, and stays so until it takes less', async (t) => {
  const { detector, write, times } = timedDetector()
  let seconds = 0
  for (; !write({ bytes: 5e4 }); times.now += 10) seconds += 0.01
  t.ok(seconds <= 2.1, `${seconds} s`)
  for (let i = 0; i < 1000; i++, times.now += 10) t.equal(detector.addThreadWrite(1, times.now, 5e4), false)
  let ms = 0
  for (; !detector.addThreadWrite(1, times.now, 100); times.now += 100) ms += 100
  t.ok(ms >= 2000 && ms <= 4000, `${ms} ms`)
})

t.test('a stall that lets a second pass without much does not bring a busy sink back', async (t) => {
  const { detector, write, times } = timedDetector()
  while (!write({ bytes: 5e4 })) times.now += 10
  for (let stall = 0; stall < 5; stall++) {
    times.now += 1100
    t.equal(detector.addThreadWrite(1100, times.now, 5e4), false)
    for (let i = 0; i < 400; i++, times.now += 10) t.equal(detector.addThreadWrite(1, times.now, 5e4), false)
  }
})

t.test('a program that only logs stays on the calling thread while the disk keeps up', async (t) => {
  const { write, times } = timedDetector()
  for (; times.now < 10_000; times.now += 5) t.equal(write({ bytes: 65_536 }), false)
  t.equal(write({ blocked: 50 }), true)
})
