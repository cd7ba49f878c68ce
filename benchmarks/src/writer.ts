import { Compared } from './compared.ts'
import { interleave } from './interleave.ts'
import { judge } from './judge.ts'
import { runWriters, type WritersSample } from './run-writers.ts'
import type { Settings } from './settings.ts'
import type { Estimate } from './stats.ts'
import { shortNumber, type Table } from './table.ts'

/** Writers that are measured together. */
interface Group {
  title: string
  worldSize: number
  /** Part of the rounds: a claim under 20 % needs all of them. */
  share: number
  comparisons: Comparison[]
}

/** A writer beside another: at most so many times its wall time and its CPU time. Beside itself: the A/A control. */
type Comparison = [writer: string, beside: string, goals?: Goals]

interface Goals {
  wall?: number
  cpu?: number
}

const target = { wall: 1, cpu: 0.9 }
const faster = { wall: 1 }

const alone: Group[] = [
  {
    title: 'One rank: thin margins',
    worldSize: 1,
    share: 1,
    comparisons: [
      ['no-op stream', 'no-op stream'],
      ['pino/file', 'pino/file'],
      ['fileStream', 'no-op stream', { wall: 1.3 }],
      ['fileStream, plain pino', 'no-op stream', { wall: 1.3 }],
      ['join, encode, write', 'no-op stream', { wall: 1.3 }],
      ['fileStream', 'pino/file', { wall: 0.5 }],
      ['join, encode, write', 'pino/file', { wall: 0.5 }],
      ['pino-rank-file, rankLogger', 'pino/file', target],
      ['pino-rank-file, pure JSON', 'pino/file', target],
    ],
  },
  {
    title: 'One rank: rivals',
    worldSize: 1,
    share: 0.3,
    comparisons: [
      ['fileStream', 'fileStream'],
      ['fileStream', 'pino.destination, sync', faster],
      ['fileStream', 'pino.destination, async, 4 KiB', faster],
      ['fileStream', 'winston', faster],
      ['fileStream', 'pino-roll', faster],
      ['splitStream', 'fileStream'],
    ],
  },
  {
    title: 'One rank: which end keeps the descriptor',
    worldSize: 1,
    share: 0.5,
    comparisons: [
      ['line writer, append end', 'line writer, append end'],
      ['line writer, sonic-boom end', 'line writer, append end'],
      ['pino.destination, sync, 16 KiB', 'line writer, append end'],
    ],
  },
]

const together = (worldSize: number): Group => ({
  title: `${worldSize} ranks, one file`,
  worldSize,
  share: 0.2,
  comparisons: [
    ['pino/file', 'pino/file'],
    ['fileStream', 'pino/file', { wall: 1 / 1.5 }],
    ['pino-rank-file, rankLogger', 'pino/file'],
  ],
})

const about = `Each rank is a process that logs its lines of 150 B, as fast as it can, and ends. Wall: from the first log call until the last process
has exited. CPU: all threads in that time. RSS: the largest of a rank. Bad: torn, lost or doubled lines of all rounds, found when the file is
read back. Ratios: median over the pairs of a round [95 % interval]; beside itself: the A/A control. A goal is met, or missed, where the whole
interval is on that side of it, and open where it is not.`

/** What do a rank's lines cost until they are in the file? */
export async function writer(settings: Settings): Promise<Table[]> {
  const tables: Table[] = []
  for (const group of [...alone, ...settings.worldSizes.map(together)])
    tables.push(...(await measureGroup(group, settings)))
  return tables
}

async function measureGroup(group: Group, { pairs, records, dir, tell }: Settings): Promise<Table[]> {
  const { title, worldSize, share, comparisons } = group
  const rounds = Math.max(1, Math.round(pairs * share))
  const names = new Set(comparisons.flatMap(([writer, beside]) => [beside, writer]))
  const cells = new Map([...names].map((writer): [string, Cell] => [writer, { writer }]))
  const controls = comparisons
    .filter(([writer, beside]) => writer === beside)
    .map(([writer]) => ({ writer, again: true }))
  const all: Cell[] = [...cells.values(), ...controls]
  const measure = ({ writer }: Cell) => runWriters({ writer, lines: records, worldSize }, dir)
  const samples = await interleave(all, rounds, measure, (round) => tell(`${title}: round ${round} of ${rounds}`))
  const rows = all.map((cell) => new Compared(cell, samples))
  const pairsOf = comparisons.map(([writer, beside, goals]) => {
    const row = rows.find(({ cell }) => cell.writer === writer && (writer !== beside || cell.again)) as Row
    return ratioRow(row, cells.get(beside) as Cell, goals)
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
  /** Measured again, as the A/A control. */
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

function ratioRow(row: Row, beside: Cell, goals: Goals = {}): Table['rows'][number] {
  const wall = row.ratio(beside, 'wall')
  const cpu = row.ratio(beside, 'cpu')
  return {
    writer: row.cell.writer,
    beside: row.cell.again ? 'itself (A/A)' : beside.writer,
    'wall ratio': wall,
    'CPU ratio': cpu,
    goal: [verdict('wall', wall, goals.wall), verdict('CPU', cpu, goals.cpu)].filter((text) => text).join('; '),
  }
}

function verdict(figure: string, found: Estimate | null, most: number | undefined): string | undefined {
  if (most === undefined || found === null) return undefined
  return `${figure} ≤ ${shortNumber(most)}: ${judge(found, most)}`
}
