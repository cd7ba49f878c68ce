import t from 'tap'
import { type Load, loadOf, RankLoad } from './rank-load.ts'

/** Returns a rank's load whose CPU time the test sets. */
function given(): { load: RankLoad; at: (ms: number, usedMs: number | undefined, isRunnable?: boolean) => void } {
  let [now, measured]: [number, Load | undefined] = [0, undefined]
  return {
    load: new RankLoad(
      () => measured,
      () => now,
    ),
    at: (ms, usedMs, isRunnable = false) => {
      now = ms
      measured = usedMs === undefined ? undefined : { usedMs, isRunnable }
    },
  }
}

t.test('a rank is computing if it used or waited for a core for half of its silence', async (t) => {
  const { load, at } = given()
  at(1000, 40)
  t.equal(load.isComputing(250), false, 'all CPU time that it ever used is less')
  at(1400, 260)
  t.equal(load.isComputing(300), true)
  at(1450, 260)
  t.equal(load.isComputing(350), true, 'it is measured at most once in 100 ms')
  at(1510, 300)
  t.equal(load.isComputing(410), false)
  at(1600, 390)
  t.equal(load.isComputing(500), false)
  at(1620, 390)
  t.equal(load.isComputing(520), true)
})

t.test('CPU time from before the first measurement counts only at that measurement', async (t) => {
  const { load, at } = given()
  at(100_000, 60_000)
  t.equal(load.isComputing(250), true, 'it is not known when the CPU time was used')
  at(100_100, 60_001)
  t.equal(load.isComputing(350), false)
})

t.test('a rank that waits for a core is computing, although the system does not count its wait yet', async (t) => {
  const { load, at } = given()
  at(1000, 40)
  t.equal(load.isComputing(250), false)
  at(1100, 40, true)
  t.equal(load.isComputing(350), true)
  at(1200, 40)
  t.equal(load.isComputing(450), false)
})

t.test('a rank with unknown CPU time is not computing', async (t) => {
  const { load, at } = given()
  at(1000, undefined)
  t.equal(load.isComputing(1000), false)
  t.equal(loadOf(undefined), undefined)
  t.equal(loadOf(2 ** 30), undefined)
})
