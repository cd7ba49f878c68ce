import t from 'tap'
import { fileFigures } from './file-figures.ts'
import { readOptions } from './options.ts'
import type { Report } from './report.ts'

const report: Omit<Report, 'benchmark' | 'tables'> = {
  date: '2025-01-30',
  versions: { node: '20.19.0' },
  machine: { cpu: 'a cpu', cores: 2, memoryGB: 8, platform: 'linux x64', fileSystem: 'ext4' },
  size: readOptions([]).sizes.writer,
}

const cost = (writer: string, perSecond: number, lost: number) => ({
  writer,
  'lines/s': perSecond,
  'RSS MB': 70,
  torn: 1,
  lost,
  twice: 0,
})

const ratio = (writer: string, beside: string, goal: string) => ({
  writer,
  beside,
  'wall ratio': { median: 0.4, low: 0.3, high: 0.5 },
  goal,
})

t.test('a goal stands with the costs of both sides, and of the right number of ranks', async (t) => {
  const tables = [
    { title: 'One rank: costs', about: '', rows: [cost('ours', 1000, 0), cost('theirs', 400, 5)] },
    {
      title: 'One rank: ratios',
      about: '',
      rows: [ratio('ours', 'theirs', 'wall ≤ 0.5: met'), ratio('theirs', 'itself (A/A)', '')],
    },
    { title: '8 ranks, one file: costs', about: '', rows: [cost('ours', 2000, 0), cost('theirs', 900, 9)] },
    { title: '8 ranks, one file: ratios', about: '', rows: [ratio('ours', 'theirs', 'wall ≤ 0.5: met')] },
  ]
  const lines = fileFigures([{ ...report, benchmark: 'writer', tables }]).split('\n')
  const cells = lines.filter((line) => line.startsWith('| ')).map((line) => line.split(/ *\| */).slice(1, -1))
  const last = ['0.4 [0.3, 0.5]', '–', 'wall ≤ 0.5: met']
  t.same(cells.slice(2), [
    ['1', 'ours', '1,000', '70', '1', 'theirs', '400', '70', '6', ...last],
    ['8', 'ours', '2,000', '70', '1', 'theirs', '900', '70', '10', ...last],
  ])
})

t.test('of the memory table only the rows with a goal are shown', async (t) => {
  const rows = [
    { stream: 'bare', goal: '' },
    { stream: 'blocked', goal: '≤ 36.8: met' },
  ]
  const text = fileFigures([{ ...report, benchmark: 'memory', tables: [{ title: 'Slow', about: 'A disk.', rows }] }])
  t.match(text, /blocked/)
  t.notMatch(text, /bare/)
})
