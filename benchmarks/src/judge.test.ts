import t from 'tap'
import { joinVerdicts, judge, judgeMin, verdict } from './judge.ts'

t.test('a goal is met or missed only where the whole interval says so', async (t) => {
  t.equal(judge({ low: 0.8, median: 0.9, high: 1 }, 1), 'met')
  t.equal(judge({ low: 0.8, median: 0.9, high: 1.01 }, 1), 'open')
  t.equal(judge({ low: 1, median: 1.1, high: 1.2 }, 1), 'open')
  t.equal(judge({ low: 1.01, median: 1.1, high: 1.2 }, 1), 'missed')
})

t.test('a minimum is met or missed only where the whole interval says so', async (t) => {
  t.equal(judgeMin({ low: 0.8, median: 0.9, high: 1 }, 0.8), 'met')
  t.equal(judgeMin({ low: 0.79, median: 0.9, high: 1 }, 0.8), 'open')
  t.equal(judgeMin({ low: 0.5, median: 0.6, high: 0.79 }, 0.8), 'missed')
})

t.test('the verdict of a row has only the figures with a goal', async (t) => {
  const found = { low: 0.5, median: 0.55, high: 0.6 }
  const row = joinVerdicts(
    verdict('wall', found, 0.6249),
    verdict('CPU', found, 0.5),
    verdict('RSS', found, undefined),
    verdict('p99', null, 1),
  )
  t.equal(row, 'wall ≤ 0.625: met; CPU ≤ 0.5: open')
})
