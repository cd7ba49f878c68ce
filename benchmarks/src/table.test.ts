import t from 'tap'
import { withoutClaims } from './table.ts'

t.test('a smoke run has medians and no goals, and still fails if a line is lost', async (t) => {
  const rows = [{ call: 'pino', ns: 12, ratio: { median: 1, low: 0.9, high: 1.1 }, goal: '≤ 1: met' }]
  t.same(withoutClaims({ title: 'Calls', about: 'A cost.', rows, failure: '1 bad line' }), {
    title: 'Calls',
    about: 'A cost.',
    rows: [{ call: 'pino', ns: 12, ratio: 1 }],
    failure: '1 bad line',
  })
})
