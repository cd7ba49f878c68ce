import { exactly } from '../../packages/ranklog-bench/dist/stats/stats.js'
import { interleave } from '../../packages/ranklog-bench/dist/suite/interleave.js'
import { Compared } from './compared.ts'
import { joinVerdicts, verdict } from './judge.ts'
import { runWriters, type WritersSample } from './run-writers.ts'
import type { Settings } from './settings.ts'
import type { Table } from './table.ts'

/** Writers that are measured together. */
export interface WriterGroup {
  title: string
  worldSize: number
  /** Share of the rounds that are run. A claim of less than 20 % needs all of them. */
  share: number
  comparisons: Comparison[]
}

/** A writer, the writer that it is compared with, and goals. A writer compared with itself is the A/A control. */
type Comparison = [writer: string, baseline: string, goals?: Goals]

/** Maximum ratios of the times, and the maximum number of bad lines. */
interface Goals {
  wall?: number
  cpu?: number
  /** Number of bad lines of all rounds. */
  bad?: number
}

const about = `Each rank is a process that logs its lines of 150 B, as fast as it can, and ends. Wall: from the first log call until the last
process has exited. CPU: of all threads in that time. RSS: the largest of a rank. Bad: torn, lost or doubled lines of all rounds, found
when the file is read back. Ratios: median over the pairs [95 % interval]. A writer compared with itself is the A/A control. A goal is met
or missed if the whole interval is on that side of it, and otherwise open.`

/** Measures the writers of a group, and compares them. */
export async function measureGroup(
  group: WriterGroup,
  { pairs, records, dir, onProgress }: Settings,
): Promise<Table[]> {
  const { title, worldSize, share, comparisons } = group
  const rounds = Math.max(1, Math.round(pairs * share))
  const names = new Set(comparisons.flatMap(([writer, baseline]) => [baseline, writer]))
  const cells = new Map([...names].map((writer): [string, Cell] => [writer, { writer }]))
  const controls = comparisons
    .filter(([writer, baseline]) => writer === baseline)
    .map(([writer]) => ({ writer, again: true }))
  const all: Cell[] = [...cells.values(), ...controls]
  const measure = ({ writer }: Cell) => runWriters({ writer, lines: records, worldSize }, dir)
  const samples = await interleave(all, rounds, measure, (round) => onProgress(`${title}: round ${round} of ${rounds}`))
  const rows = all.map((cell) => new Compared(cell, samples))
  const pairsOf = comparisons.map(([writer, baseline, goals]) => {
    const row = rows.find(({ cell }) => cell.writer === writer && (writer !== baseline || cell.again)) as Row
    return ratioRow(row, cells.get(baseline) as Cell, goals)
  })
  const bad = rows.filter(({ cell }) => ours.test(cell.writer)).reduce((sum, row) => sum + row.total('bad'), 0)
  return [
    { title: `${title}: costs`, about, rows: rows.map(costRow) },
    {
      title: `${title}: ratios`,
      about,
      rows: pairsOf,
      ...(bad > 0 && { failure: `${title}: ${bad} bad lines of ours` }),
    },
  ]
}

interface Cell {
  writer: string
  /** True for the second measurement of a writer, which is the A/A control. */
  again?: boolean
}

type Row = Compared<Cell, WritersSample>

const ours = /^(fileStream|splitStream|pino-rank-|line writer)/

function costRow(row: Row): Table['rows'][number] {
  return {
    writer: row.cell.again ? `${row.cell.writer} (A/A)` : row.cell.writer,
    'lines/s': Math.round(row.median('perSecond')),
    'wall s': row.median('wall'),
    'CPU s': row.median('cpu'),
    'RSS MB': row.median('rss'),
    torn: row.total('torn'),
    lost: row.total('lost'),
    twice: row.total('twice'),
  }
}

function ratioRow(row: Row, baseline: Cell, goals: Goals = {}): Table['rows'][number] {
  const wall = row.ratio(baseline, 'wall')
  const cpu = row.ratio(baseline, 'cpu')
  return {
    writer: row.cell.writer,
    'compared with': row.cell.again ? 'itself (A/A)' : baseline.writer,
    'wall ratio': wall,
    'CPU ratio': cpu,
    goal: joinVerdicts(
      verdict('wall', wall, goals.wall),
      verdict('CPU', cpu, goals.cpu),
      verdict('bad lines', exactly(row.total('bad')), goals.bad),
    ),
  }
}
