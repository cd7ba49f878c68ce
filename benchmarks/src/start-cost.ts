import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { interleave } from '../../packages/ranklog-bench/dist/suite/interleave.js'
import { Compared } from './compared.ts'
import type { Settings } from './settings.ts'
import { type Place, runProcess } from './start-process.ts'
import type { Table } from './table.ts'

/** What a process has cost until its logger is ready. */
interface StartSample {
  /** Milliseconds since the process's start. */
  wall: number
  /** User and system time of all threads, in ms. */
  cpu: number
  /** MB. */
  rss: number
  /** NaN where the system does not tell. */
  threads: number
}

/** A logger that is started: the options are the job's, as JSON. */
interface Cell {
  name: string
  library: 'pino' | 'pino-rank'
  options: object
  place: Place
}

const gated = { rank: 1, worldSize: 2 }
const open = { rank: 0, worldSize: 2 }

const programs = { 'ES module': './start-esm.js', CommonJS: './start-cjs.cjs' }

const about = `Each sample is a process of its own, seen when its logger is ready (with a worker: when that takes lines). Over
silent: median of the differences to \`pino({ level: 'silent' })\` in the same round [95 % interval]; the first row is the
A/A control. Goal for the gated ranks: at most 1 MB over silent as ES module, 2 MB as CommonJS.`

/** What does a rank cost before its first record? */
export async function startCost(settings: Settings): Promise<Table[]> {
  const tables: Table[] = []
  for (const [module, program] of Object.entries(programs)) {
    tables.push(await measureStart(`Starting a rank, ${module}`, program, settings))
  }
  return tables
}

async function measureStart(title: string, program: string, { pairs, dir, tell }: Settings): Promise<Table> {
  const path = join(dir, 'start.log')
  const silent = plain('pino, level silent', { level: 'silent' })
  const others = [
    { ...silent },
    ours('rankLogger gated, pino-rank-file', { target: 'pino-rank-file', options: { path } }),
    ours('rankLogger gated, pino-rank-split', { target: 'pino-rank-split', ranks: '0', options: { path } }),
    ours('rankLogger gated, pino-rank-stdout', { target: 'pino-rank-stdout', ranks: '0' }),
    ours('rankLogger gated, pino/file', { target: 'pino/file', options: { destination: path } }),
    plain('pino, pino/file', { transport: { target: 'pino/file', options: { destination: path } } }),
    ours('rankLogger open, pino-rank-file', { target: 'pino-rank-file', options: { path } }, open),
  ]
  const measure = async ({ library, options, place }: Cell) => {
    const sample = await runProcess<StartSample>(program, { library, options }, place)
    rmSync(path, { force: true })
    return sample
  }
  const samples = await interleave([silent, ...others], pairs, measure, (round) =>
    tell(`${title}: round ${round} of ${pairs}`),
  )
  return { title, about, rows: others.map((cell) => startRow(new Compared(cell, samples), silent)) }
}

function plain(name: string, options: object): Cell {
  return { name, library: 'pino', options, place: gated }
}

function ours(name: string, transport: object, place: Place = gated): Cell {
  return { name, library: 'pino-rank', options: { transport }, place }
}

function startRow(row: Compared<Cell, StartSample>, silent: Cell): Table['rows'][number] {
  return {
    rank: row.cell.name,
    threads: row.median('threads'),
    'ready ms': row.median('wall'),
    'CPU ms': row.median('cpu'),
    'RSS MB': row.median('rss'),
    'ready over silent': row.difference(silent, 'wall'),
    'CPU over silent': row.difference(silent, 'cpu'),
    'RSS over silent': row.difference(silent, 'rss'),
  }
}
