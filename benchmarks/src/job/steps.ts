import { interleave } from '../../../packages/ranklog-bench/dist/suite/interleave.js'
import { Compared } from '../compared.ts'
import type { Settings } from '../settings.ts'
import type { Table } from '../table.ts'
import { type JobSample, runJob } from './run-job.ts'

/** How the ranks log, and how many lines each logs in a step. */
interface Cell {
  logging: string
  lines: number
  /** The cells that it is compared with: without logging, and with logging but without a gate. */
  none?: Cell
  ungated?: Cell
}

const none = 'no logging'
const ungated = 'pino/file to one file'
const ungatedToo = 'pino/file to N files'
const gated = ['pino/file, rank 0 by hand', 'rankLogger, pino-rank-file', 'rankLogger, fileStream']

const warmUp = 20

const aboutSteps = `A step is a blocking wait of 5 ms, then k lines of 150 B from each rank. p50, p99: over the steps of all ranks. Slowest: the
median step if all ranks wait for the slowest one, as in a data-parallel job. ÷: median of the ratios to "${none}" and to
"${ungated}" in the same round [95 % interval]. A/A: the same cell again, as the control.`

const aboutCosts = `In calls: mean time inside the log calls of a step, for rank 0 and for the others, which a gate may close. CPU: user and system
time of all ranks per step, until all lines are written. Lines, bytes: on disk after a run. Torn (pieces that are not a line), lost,
twice: in all rounds together.`

/** Measures what the logging of its ranks costs the steps of a data-parallel job. */
export async function jobSteps(settings: Settings): Promise<Table[]> {
  const tables: Table[] = []
  for (const worldSize of settings.worldSizes) tables.push(...(await measureJobs(worldSize, settings)))
  return tables
}

async function measureJobs(worldSize: number, { pairs, steps, lines, dir, onProgress }: Settings): Promise<Table[]> {
  const measure = async (cell: Cell) => {
    const job = { logging: cell.logging, lines: cell.lines, worldSize, warmUp, steps, wait: 5, work: 0 }
    const written = await runJob(job, dir)
    const sent = writers(cell.logging, worldSize) * cell.lines * (warmUp + steps)
    return { ...written, lost: sent - written.found }
  }
  const ranks = worldSize === 1 ? '1 rank' : `${worldSize} ranks`
  const samples = await interleave(cellsOf(lines), pairs, measure, (round) =>
    onProgress(`${ranks}: round ${round} of ${pairs}`),
  )
  const rows = [...samples.keys()].map((cell) => new Compared(cell, samples))
  return [
    { title: `${ranks}: steps`, about: aboutSteps, rows: rows.map(stepRow) },
    { title: `${ranks}: costs`, about: aboutCosts, rows: rows.map(costRow) },
  ]
}

/** Returns the cells of a round. Each baseline is there twice: its second run is the A/A control. */
function cellsOf(sizes: readonly number[]): Cell[] {
  const silent: Cell = { logging: none, lines: 0 }
  const logging = sizes.flatMap((lines) => {
    const all: Cell = { logging: ungated, lines, none: silent }
    const others = [ungated, ungatedToo, ...gated].map((logging) => ({ logging, lines, none: silent, ungated: all }))
    return [all, ...others]
  })
  return [silent, { ...silent, none: silent }, ...logging]
}

function writers(logging: string, worldSize: number): number {
  if (logging === none) return 0
  return gated.includes(logging) ? 1 : worldSize
}

type Row = Compared<Cell, JobSample & { lost: number }>

function named({ cell: { lines, logging, none, ungated } }: Row): { k: number; logging: string } {
  const control = logging === (ungated ?? none)?.logging
  return { k: lines, logging: control ? `${logging} (A/A)` : logging }
}

function stepRow(row: Row): Table['rows'][number] {
  return {
    ...named(row),
    'p50 ms': row.median('p50'),
    'p99 ms': row.median('p99'),
    'slowest ms': row.median('slowest'),
    'slowest ÷ none': row.ratio(row.cell.none, 'slowest'),
    'slowest ÷ ungated': row.ratio(row.cell.ungated, 'slowest'),
    'p99 ÷ none': row.ratio(row.cell.none, 'p99'),
    'p99 ÷ ungated': row.ratio(row.cell.ungated, 'p99'),
  }
}

function costRow(row: Row): Table['rows'][number] {
  return {
    ...named(row),
    'rank 0 in calls µs': row.median('callsOfRank0'),
    'others in calls µs': row.median('callsOfOthers'),
    'CPU ms': row.median('cpu'),
    'CPU ÷ none': row.ratio(row.cell.none, 'cpu'),
    'CPU ÷ ungated': row.ratio(row.cell.ungated, 'cpu'),
    lines: row.median('found'),
    bytes: row.median('bytes'),
    torn: row.total('torn'),
    lost: row.total('lost'),
    twice: row.total('twice'),
  }
}
