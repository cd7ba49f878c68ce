import t from 'tap'
import { SinkLoad } from './sink-load.ts'

/** Writes `bytes` every `ms` until the sink has been busy for two seconds, for at most a minute. Returns for how long. */
function msUntilBusy(load: SinkLoad, bytes: number, ms: number, startedAt = 0): number {
  for (let now = startedAt; now < startedAt + 60_000; now += ms) {
    load.add(bytes, now)
    if (load.busySeconds === 2) return now - startedAt
  }
  return Infinity
}

t.test('a sink that takes 1 MiB/s is busy, however large the writes are', async (t) => {
  t.equal(msUntilBusy(new SinkLoad(), 2 ** 20 / 1000 + 1, 1), 2000)
  t.equal(msUntilBusy(new SinkLoad(), 5 * 2 ** 20, 1000), 2000)
})

t.test('a sink that takes less is not busy, nor is one that takes much for a single second', async (t) => {
  t.equal(msUntilBusy(new SinkLoad(), 1e6 / 100, 10), Infinity)
  const load = new SinkLoad()
  for (let now = 0; now < 1000; now += 10) load.add(2 ** 20, now)
  t.equal(load.busySeconds, 0)
  t.equal(msUntilBusy(load, 100, 10, 1000), Infinity)
  t.equal(msUntilBusy(new SinkLoad(), 3 * 2 ** 20, 10_000), Infinity, 'a write that follows a long pause')
})

t.test('a sink that takes less is no longer busy after a second', async (t) => {
  const load = new SinkLoad()
  const ms = msUntilBusy(load, 2 ** 20, 100)
  load.add(100, ms + 500)
  t.equal(load.busySeconds, 2)
  load.add(100, ms + 3000)
  t.equal(load.busySeconds, 0)
})

t.test('a program is flat out while it does nothing but log', async (t) => {
  const load = new SinkLoad()
  for (let now = 0; now <= 3000; now += 10) load.add(2 ** 18, now)
  t.strictSame([load.busySeconds, load.isTooBusyForThread], [3, true])
  for (let now = 3010; now <= 4000; now += 10) load.add(5e4, now)
  t.strictSame([load.busySeconds, load.isTooBusyForThread], [4, false])
})
