import { quantile as d3Quantile } from 'd3-array'
import t from 'tap'
import { difference, estimate, fitLine, mean, median, quantile, quantiles, randomFrom, ratio } from './stats.ts'

/** Returns values like those of a noisy clock: most near 1, some far above. */
function noisy(random: () => number, length: number): number[] {
  return Array.from({ length }, () => 1 + random() * 0.1 + (random() < 0.1 ? random() : 0))
}

t.test('quantiles of a few values are interpolated between neighbours', async (t) => {
  for (const [values, q, expected] of [
    [[3, 1, 2], 0.5, 2],
    [[4, 1, 3, 2], 0.5, 2.5],
    [[7], 0.99, 7],
    [[0, 10], 0.25, 2.5],
    [[30, 4, 100], 0, 4],
    [[30, 4, 100], 1, 100],
    [[], 0.5, Number.NaN],
  ] as [number[], number, number][]) {
    t.same(quantile(values, q), expected, `${q} of [${values}]`)
  }
  t.equal(mean([1, 2, 6]), 3)
})

t.test('quantiles are the same as those of d3', async (t) => {
  const random = randomFrom(5)
  for (let n = 1; n < 200; n += 7) {
    const values = noisy(random, n)
    const qs = [0, 0.05, 0.25, 0.5, 0.95, 0.99, 1]
    for (const [at, value] of quantiles(values, qs).entries())
      t.ok(Math.abs(value - (d3Quantile(values, qs[at] as number) as number)) < 1e-12, `${qs[at]} of ${n} values`)
  }
})

t.test('a median has as many values below it as above, and does not depend on their order', async (t) => {
  const random = randomFrom(7)
  for (let n = 1; n < 60; n++) {
    const values = noisy(random, n)
    const middle = median(values)
    t.equal(values.filter((v) => v < middle).length, values.filter((v) => v > middle).length)
    t.equal(median(values.toReversed()), middle)
  }
})

t.test('the interval contains the median, and the same values give the same interval', async (t) => {
  const random = randomFrom(11)
  for (let n = 1; n < 30; n++) {
    const values = noisy(random, n)
    const { low, median, high } = estimate(values)
    t.ok(low <= median && median <= high, `${low} <= ${median} <= ${high}`)
    t.same(estimate(values), { low, median, high })
  }
  t.same(estimate([5]), { low: 5, median: 5, high: 5 })
})

t.test('the interval contains the true median in about 95 of 100 experiments', async (t) => {
  const random = randomFrom(3)
  const experiments = 200
  let hits = 0
  for (let i = 0; i < experiments; i++) {
    const { low, high } = estimate(Array.from({ length: 20 }, random))
    if (low <= 0.5 && 0.5 <= high) hits++
  }
  t.ok(hits / experiments > 0.9, `${hits} of ${experiments}`)
})

t.test('drift that changes both values of a pair does not change their ratio', async (t) => {
  const drift = Array.from({ length: 20 }, (_, round) => 1 + round)
  const slower = drift.map((value) => value * 1.5)
  t.same(ratio(slower, drift), { median: 1.5, low: 1.5, high: 1.5 })
  t.same(difference(drift, drift), { median: 0, low: 0, high: 0 })
  t.throws(() => ratio([1, 2], [1]), RangeError)
})

t.test('a line is fitted by least squares, with its coefficient of determination', async (t) => {
  t.same(fitLine([1, 2, 3].map((x) => [x, 3 + 2 * x])), { slope: 2, r2: 1 })
  t.same(fitLine([1, 2, 3].map((x) => [x, 4])), { slope: 0, r2: 1 })
  const { slope, r2 } = fitLine([
    [0, 0],
    [1, 1],
    [2, 0],
    [3, 1],
  ]) // by hand: sum of dx·dy 1, of dx² 5, of dy² 1
  t.ok(Math.abs(slope - 0.2) < 1e-12 && Math.abs(r2 - 0.2) < 1e-12, `${slope} ${r2}`)
})
