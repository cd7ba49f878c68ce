import t from 'tap'
import { SlowSinkDetector } from './slow-sink-detector.ts'

/** Times of a thread that the test moves. */
function detector() {
  const times = { now: 0, waitedMs: 0, systemMs: 0 }
  const detector = new SlowSinkDetector(() => ({ waitedMs: times.waitedMs, systemMs: times.systemMs }))
  const write = ({ blocked = 0, waited = 0, computed = 0 }) => {
    const startedAt = times.now
    times.now += blocked + waited + computed
    times.waitedMs += waited
    times.systemMs += computed
    return detector.addWrite(startedAt, times.now)
  }
  return { write, times }
}

t.test('a write during which others had the core is not slow', async (t) => {
  const { write } = detector()
  t.equal(write({ waited: 300, blocked: 5 }), false)
  t.equal(write({ waited: 30, blocked: 50 }), true)
})

t.test('a program that writes flat out to a disk that only copies is not slow', async (t) => {
  const { write, times } = detector()
  for (let i = 0; i < 10_000; i++) {
    t.equal(write({ computed: 0.5 }), false)
    times.now += 0.5
  }
})

t.test('a copy that is large enough to take long counts as computing at the end of the second', async (t) => {
  const { write } = detector()
  for (let i = 0; i < 200; i++) t.equal(write({ computed: 15 }), false)
})

t.test('one pause of a disk in a minute is not a reason; one of 50 ms is', async (t) => {
  const { write, times } = detector()
  for (let i = 0; i < 60; i++) {
    t.equal(write({ blocked: 15 }), false)
    times.now += 1000
  }
  t.equal(write({ blocked: 50 }), true)
})
