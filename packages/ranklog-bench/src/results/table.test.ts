import t from 'tap'
import { renderTables } from './table.ts'

t.test('columns of words are aligned left, and columns of figures right', async (t) => {
  const rows = [
    { call: 'pino', ns: 1234.56, lines: 1120000, ratio: { median: 1, low: 0.98765, high: 1.02 } },
    { call: 'rankLogger', ns: 0.6543, lines: Number.NaN, ratio: null },
  ]
  const about = 'What a call costs.'
  t.equal(
    renderTables([
      { title: 'Calls', about, rows },
      { title: 'More', about, rows: [{ call: 'pino' }] },
    ]),
    `### Calls

What a call costs.

| call       |    ns |     lines |           ratio |
| ---------- | ----: | --------: | --------------: |
| pino       | 1,230 | 1,120,000 | 1 [0.988, 1.02] |
| rankLogger | 0.654 |         – |               – |

### More

| call |
| ---- |
| pino |`,
  )
})

t.test('a single value has no interval, also if it was read from JSON', async (t) => {
  const none = { low: Number.NaN, high: Number.NaN }
  const read = { low: null, high: null } as unknown as typeof none
  const rows = [{ ratio: { median: 1.5, ...none } }, { ratio: { median: 2.5, ...read } }]
  t.match(renderTables([{ title: 'Calls', about: '', rows }]), /^\| +1\.5 \|\n\| +2\.5 \|$/m)
})
