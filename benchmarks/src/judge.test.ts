import t from 'tap'
import { judge } from './judge.ts'

t.test('a goal is met or missed only where the whole interval says so', async (t) => {
  t.equal(judge({ low: 0.8, median: 0.9, high: 1 }, 1), 'met')
  t.equal(judge({ low: 0.8, median: 0.9, high: 1.01 }, 1), 'open')
  t.equal(judge({ low: 1, median: 1.1, high: 1.2 }, 1), 'open')
  t.equal(judge({ low: 1.01, median: 1.1, high: 1.2 }, 1), 'missed')
})
