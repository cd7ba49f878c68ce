import fc from 'fast-check'
import t from 'tap'
import { logAt, logDomain, logPart, logSlope, logTicks, spread } from './scales.ts'

t.test('a log axis includes its values, spans a factor of 4 at least, and has round numbers as ticks', async (t) => {
  for (const values of [
    [7, 8],
    [0.002, 900],
    [5, 5, 5],
  ]) {
    const [low, high] = logDomain(values)
    t.ok(
      values.every((value) => low < value && value < high),
      `${values}`,
    )
    t.ok(high / low >= 4, `${values}`)
  }
  t.strictSame(logTicks([0.9, 110]), [1, 2, 5, 10, 20, 50, 100])
  t.strictSame(logTicks([2.4, 11]), [3, 4, 5, 6, 8, 10])
  t.strictSame(logTicks([0.0009, 1000]), [0.001, 0.01, 0.1, 1, 10, 100, 1000])
})

t.test(
  'logPart returns the position of a value on a log axis, and logAt returns the value at a position',
  async (t) => {
    t.equal(logPart(10, [1, 1000]).toFixed(6), '0.333333')
    t.equal(logAt(1 / 3, [1, 1000]).toFixed(6), '10.000000')
  },
)

t.test('labels that overlap are moved apart, no further than needed and in the same order', async (t) => {
  t.strictSame(spread([10, 50], 16, 100), [10, 50])
  t.strictSame(spread([50, 50], 16, 100), [42, 58])
  t.strictSame(spread([98, 100], 16, 100), [84, 100])
  t.strictSame(spread([3, 1], 16, 100), [16, 0])
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 300, noNaN: true }), { minLength: 1, maxLength: 18 }), (places) => {
      const moved = spread(places, 16, 300)
      const order = places.map((place, i) => ({ place, to: moved[i] as number })).sort((a, b) => a.to - b.to)
      return order.every(({ place, to }, i) => {
        const above = order[i - 1]
        const isApart = above === undefined || (to - above.to >= 16 - 1e-6 && above.place <= place)
        return isApart && to >= 0 && to <= 300 + 1e-6
      })
    }),
  )
})

t.test('the slope on two log axes is the exponent of growth', async (t) => {
  t.equal(
    logSlope([
      [1, 3],
      [2, 6],
      [8, 24],
    ]).toFixed(6),
    '1.000000',
  )
  t.equal(
    logSlope([
      [1, 5],
      [2, 5],
      [8, 5],
    ]).toFixed(6),
    '0.000000',
  )
  t.equal(
    logSlope([
      [10, 2],
      [1000, 20],
    ]).toFixed(6),
    '0.500000',
  )
})
