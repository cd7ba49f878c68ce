import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { interleave } from '../../packages/ranklog-bench/dist/suite/interleave.js'
import type { CallJob, CallSample } from './call-rank.ts'
import { Compared } from './compared.ts'
import { judge } from './judge.ts'
import type { Settings } from './settings.ts'
import { type Place, runProcess } from './start-process.ts'
import type { Table } from './table.ts'

/** Loggers that are measured together, and compared with others of the same group. */
export interface Group {
  title: string
  /** The program that runs a sample. @default call-rank */
  program?: './collected-call.js'
  /** The text above the table. @default that of the benchmark `gate` */
  about?: string
  place: Place
  /** Loggers of plain pino. Each is measured twice, for the A/A control. */
  plain: string[]
  /** Loggers that are compared with plain pino. */
  others: string[]
  /** The kind of record that is logged. @default 'line' */
  record?: CallJob['record']
  /** What happens between two bursts of calls. @default 'turn' */
  pause?: CallJob['pause']
  /** Maximum ratio of a figure to that of plain pino, for some of the loggers. @default figure: 'wall' */
  goal?: { calls: string[]; max: number; figure?: 'wall' | 'main' }
}

const open = { rank: 0, worldSize: 2 }
const gated = { rank: 1, worldSize: 2 }

const groups: Group[] = [
  {
    title: 'A call gated on the main thread',
    place: gated,
    plain: ['pino, level silent'],
    others: ['rankLogger, gated', 'pino(gate()), gated', 'rankLogger, gated, with a recorder'],
  },
  {
    title: 'A call gated only in the worker (configuration in pure JSON)',
    place: gated,
    plain: ['pino, level silent', 'pino to /dev/null'],
    others: ['pino-rank/target, gated in the worker', 'pino-rank-file, gated in the worker'],
  },
  {
    title: 'An open call through a stream on the main thread',
    place: open,
    plain: ['pino to /dev/null', 'pino.destination, sync, 1 KiB'],
    others: ['pino.destination, sync', 'pino.destination, async, 4 KiB', 'rankLogger, fileStream'],
  },
  {
    title: 'An open call through a target: ours in the process, pino/file in its worker',
    place: open,
    plain: ['pino to /dev/null', 'pino/file'],
    others: ['rankLogger, pino-rank-file'],
  },
]

const about = `Each sample is a process of its own. Wall: time that the caller spends in the call. CPU: time of all threads, until the
last byte is written and the destination is closed. Ratios: median over the pairs [95 % interval]. A logger compared with itself is the
A/A control.`

/** Measures what a call of `log.info` costs. */
export async function callCost(settings: Settings): Promise<Table[]> {
  const tables: Table[] = []
  for (const group of groups) tables.push(await callTable(group, settings))
  return tables
}

/** Measures the calls of one group of loggers. */
export async function callTable(group: Group, settings: Settings): Promise<Table> {
  const { title, place, plain, others, record = 'line', pause = 'turn', goal, program = './call-rank.js' } = group
  const { pairs, calls, dir, onProgress } = settings
  const path = join(dir, 'call.log')
  const measure = async ({ logger }: Cell) => {
    const sample = await runProcess<CallSample>(
      program,
      { logger, path, calls, record, pause } satisfies CallJob,
      place,
    )
    rmSync(path, { force: true, recursive: true })
    return sample
  }
  const baselines = plain.map((logger): Cell => ({ logger, comparedWith: [] }))
  const controls = baselines.map((baseline): Cell => ({ ...baseline, comparedWith: [baseline] }))
  const rivals = others.map((logger): Cell => ({ logger, comparedWith: baselines }))
  const samples = await interleave([...baselines, ...rivals, ...controls], pairs, measure, (round) =>
    onProgress(`${title}: round ${round} of ${pairs}`),
  )
  return {
    title,
    about: group.about ?? about,
    rows: [...controls, ...rivals].flatMap((cell) => rowsOf(new Compared(cell, samples), goal)),
  }
}

/** A logger, and the loggers that it is compared with. */
interface Cell {
  logger: string
  comparedWith: Cell[]
}

function rowsOf(row: Compared<Cell, CallSample>, goal: Group['goal']): Table['rows'] {
  return row.cell.comparedWith.map((baseline) => {
    const { figure = 'wall', calls = [], max = 0 } = goal ?? {}
    const found = calls.includes(row.cell.logger) && row.ratio(baseline, figure)
    const verdict = found ? `${figure} ≤ ${max}: ${judge(found, max)}` : ''
    return {
      call: row.cell.logger,
      'wall ns': row.median('wall'),
      ...(figure === 'main' && { 'main ns': row.median('main') }),
      'CPU ns': row.median('cpu'),
      'compared with': baseline.logger === row.cell.logger ? 'itself (A/A)' : baseline.logger,
      'wall ratio': row.ratio(baseline, 'wall'),
      ...(figure === 'main' && { 'main ratio': row.ratio(baseline, 'main') }),
      'CPU ratio': row.ratio(baseline, 'cpu'),
      ...(goal && { goal: verdict }),
    }
  })
}
