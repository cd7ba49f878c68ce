import t from 'tap'
import type { Estimate } from '../../packages/ranklog-bench/dist/stats/stats.js'
import { Compared } from './compared.ts'
import { judge } from './judge.ts'

t.test('one round gives a ratio without an interval, so that its goal stays open', async (t) => {
  const [cell, other] = [{ name: 'a' }, { name: 'b' }]
  const samples = new Map([
    [cell, [{ wall: 3 }]],
    [other, [{ wall: 2 }]],
  ])
  const found = new Compared(cell, samples).ratio(other, 'wall') as Estimate
  t.equal(found.median, 1.5)
  t.ok(Number.isNaN(found.low) && Number.isNaN(found.high))
  t.same([judge(found, 1), judge(found, 2)], ['open', 'open'])
})

t.test('two rounds give a ratio with an interval', async (t) => {
  const [cell, other] = [{ name: 'a' }, { name: 'b' }]
  const samples = new Map([
    [cell, [{ wall: 3 }, { wall: 4 }]],
    [other, [{ wall: 2 }, { wall: 2 }]],
  ])
  t.match(new Compared(cell, samples).ratio(other, 'wall'), { median: 1.75, low: 1.5, high: 2 })
})
