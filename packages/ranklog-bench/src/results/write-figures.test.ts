import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { isResult } from './check-result.ts'
import { cellOf, idleCells, resultOf } from './result.test-kit.ts'
import { writeFigures } from './write-figures.ts'

t.test('the file has the result, with six significant digits of each figure', async (t) => {
  const path = join(t.testdir(), 'a.json')
  const result = resultOf([
    ...idleCells(),
    cellOf('gated', 2 / 3, { round: { linesPerSecond: 123_456_789, stallOthers: Number.NaN } }),
  ])
  t.equal(writeFigures(path, result), path)
  const read = JSON.parse(readFileSync(path, 'utf8'))
  t.equal(isResult(read), true)
  t.match(read.cells[2], { mode: 'gated', rounds: [{ linesPerSecond: 123_456_789, stallOthers: null }] })
  t.equal(read.cells[2].rounds[0].p99, 0.665333, '0.998 × 2/3')
  t.equal(
    readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('{"disk"')).length,
    3,
    'one line for each cell',
  )
})

t.test('a result without cells is written', async (t) => {
  const path = join(t.testdir(), 'a.json')
  writeFigures(path, resultOf([]))
  t.strictSame(JSON.parse(readFileSync(path, 'utf8')), resultOf([]))
})
