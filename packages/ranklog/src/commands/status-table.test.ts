import fc from 'fast-check'
import t from 'tap'
import type { Line } from '../cli/index.ts'
import { textWidth } from '../terminal/index.ts'
import type { RankStatus } from './job-status.ts'
import { statusTable } from './status-table.ts'

const usual: RankStatus = {
  rank: '0',
  state: 'runs',
  step: 1234,
  behind: 0,
  stepsPerSecond: 1.25,
  lagMs: 12.3,
  ageSeconds: 0.5,
  errors: 0,
  torn: 0,
  gaps: 0,
}

const row = (fields: Partial<RankStatus>): RankStatus => ({ ...usual, ...fields })
const textOf = (lines: readonly Line[]) =>
  lines.map((line) => `${typeof line === 'string' ? line : line.text}\n`).join('')
const table = (rows: RankStatus[], columns = 80) =>
  textOf(statusTable(rows, undefined, { columns, colors: false }).lines)
const widthOf = (text: string) => Math.max(...text.split('\n').map(textWidth))

t.test('columns are aligned, and columns without information are left out', async (t) => {
  t.equal(
    table([row({}), row({ rank: '11', state: 'straggles', lagMs: 400, behind: 2, errors: 3, gaps: 1 })]),
    [
      'rank  state      step  behind  steps/s  lag ms       last  errors  gaps',
      '0     runs       1234       0     1.25    12.3  0.5 s ago       0     0',
      '11    straggles  1234       2     1.25     400  0.5 s ago       3     1',
      '',
    ].join('\n'),
  )
})

t.test(
  'a table that is too wide for the terminal loses its less important columns, and their names are returned',
  async (t) => {
    const wide = row({
      host: 'node-0123.cluster.example.org',
      attempt: 3,
      exit: 'SIGKILL',
      drops: 123_456,
      torn: 7,
      gaps: 12,
    })
    const text = table([wide, row({ rank: '599' })])
    t.ok(widthOf(text) <= 80, `${widthOf(text)} columns`)
    const rows = [wide, row({ rank: '599' })]
    t.same(statusTable(rows, undefined, { columns: 80, colors: false }).hidden, ['torn', 'gaps', 'drops', 'attempt'])
    t.match(table([wide], 200), / node-0123\.cluster\.examp…\n/)
    t.same(statusTable(rows, undefined, { columns: 200, colors: false }).hidden, [])
  },
)

t.test('long names are cut, and names with wide characters are aligned', async (t) => {
  const text = table([
    row({ rank: 'a-very-long-name-of-a-program-that-is-no-rank-worker-3.log' }),
    row({ rank: '訓練の記録ファイル番号三.log' }),
  ])
  const lines = text.trimEnd().split('\n')
  t.match(lines[1], /^a-very-long-…\S*rker-3\.log {2}runs /)
  t.equal(
    textWidth((lines[1] as string).split('runs')[0] as string),
    textWidth((lines[2] as string).split('runs')[0] as string),
  )
})

t.test('control characters and newlines in names are escaped', async (t) => {
  const text = table([row({ rank: 'a\u001b[2J\nb\t\u0007' })])
  t.match(text, 'a\\x1b[2J\\nb\\t\\x07')
  t.equal(text.split('\n').length, 3)
})

t.test('a heading is the first line, and colours do not change the width', async (t) => {
  const [heading, head, line] = statusTable([row({ state: 'silent' })], 'job, from 2025-01-01T00:00:00Z', {
    columns: 80,
    colors: true,
  }).lines
  t.equal(heading, 'job, from 2025-01-01T00:00:00Z')
  t.match(head, /^rank {2}state/)
  t.match(line, { text: /^0 {5}silent/, color: '\u001b[38;5;168m' })
})

t.test('no line is wider than the terminal, whatever the rows have', async (_t) => {
  const text = fc.string({ unit: 'grapheme', maxLength: 60 })
  const rows = fc.array(
    fc.record({
      rank: text,
      state: fc.constantFrom<RankStatus['state']>('runs', 'straggles', 'silent', 'ended', 'unknown', 'no step'),
      host: fc.option(text, { nil: undefined }),
      attempt: fc.option(fc.nat(), { nil: undefined }),
      step: fc.option(fc.double({ noNaN: true }), { nil: undefined }),
      behind: fc.option(fc.nat(), { nil: undefined }),
      lagMs: fc.option(fc.double({ noNaN: true }), { nil: undefined }),
      ageSeconds: fc.option(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { nil: undefined }),
      exit: fc.option(fc.constantFrom<RankStatus['exit'] & {}>(0, 137, 'SIGKILL', 'unknown'), { nil: undefined }),
      errors: fc.nat(),
      torn: fc.nat(),
      gaps: fc.nat(),
    }) as fc.Arbitrary<RankStatus>,
    { minLength: 1, maxLength: 8 },
  )
  fc.assert(
    fc.property(rows, fc.integer({ min: 20, max: 160 }), (rows, columns) => {
      const text = table(rows, columns)
      return widthOf(text) <= columns && text.split('\n').length === rows.length + 2
    }),
  )
})
