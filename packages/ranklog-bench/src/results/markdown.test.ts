import t from 'tap'
import { failures } from './failures.ts'
import { answerMarkdown, detailsMarkdown } from './markdown.ts'
import { cellOf, idleCells, resultOf } from './result.test-kit.ts'

const result = resultOf([
  ...idleCells(),
  cellOf('gated', 6),
  cellOf('winston to one file', 12, { round: { torn: 2, stallOthers: null, writeCalls: null } }),
  cellOf('gated', 7, { part: 'ranks', ranks: 64 }),
])

t.test('the answer has its sentences, then a table with a row for each mode', async (t) => {
  const [sentences, title, , table] = answerMarkdown(result).split('\n\n')
  t.equal(sentences?.split('\n').length, 4)
  t.equal(title, '### 8 ranks, 100 lines a step, 300 B a line')
  const rows = table?.split('\n').map((row) => row.split('|').map((cell) => cell.trim()))
  t.strictSame(rows?.map((row) => row[1]).slice(2, 6), [
    'no logging',
    'no logging (control)',
    'gated',
    'winston to one file',
  ])
  t.strictSame(
    [rows?.[2]?.[4], rows?.[5]?.slice(2, 4), rows?.[5]?.slice(5, 10)],
    ['–', ['10.4', '12'], ['0.4', '–', '0.1', '0', '12']],
  )
})

t.test('with few rounds, the ratios have no interval', async (t) => {
  const few = { count: 4 }
  const table = answerMarkdown(resultOf([...idleCells(few), cellOf('gated', 12, few), cellOf('split', 12)]))
  t.match(table, /\| gated +\| +10\.4 \| +12 \| +2 \|/)
})

t.test('the details have a table for each part, the noise, the machine, the versions and the options', async (t) => {
  const text = detailsMarkdown(result)
  for (const title of [
    'Disks',
    'All modes, disk given',
    'Controls: the same as another cell, once more, disk given',
    'Cost against ranks, disk given',
    'Noise',
    'Where',
  ])
    t.ok(text.includes(`### ${title}\n`), title)
  t.match(text, /\| gated +\| +64 \|/)
  t.match(text, /p50 varied by 1 %.* Other processes took 2 % of all cores\./)
  t.match(
    text,
    /A CPU, 2 cores, 25 GB, linux x64; node 20\.20\.2, pino 10\.4\.0, pino-roll 4\.0\.0\.\n\nOptions: ranks 8; stepMs 5; spin false\./,
  )
})

t.test('only lost, torn and repeated lines and errors of our own sinks are failures', async (t) => {
  t.strictSame(failures(result), [], 'winston tore lines, but it is not one of our sinks')
  const lost = resultOf([cellOf('split', 6, { round: { lost: 1, twice: 2 } }), cellOf('gated', 6)])
  t.strictSame(failures(lost), ['wrong: split, 8 ranks, disk given: 6 lines lost and 12 lines twice'])
  const failed = ['gated', 'winston to one file'].map((mode) => ({
    disk: 'given' as const,
    mode,
    ranks: 1,
    linesPerStep: 100,
    lineBytes: 300,
    error: 'rank 0 ended',
  }))
  t.strictSame(failures(resultOf([], { failed })), ['wrong: gated, 1 rank, disk given: rank 0 ended'])
})
