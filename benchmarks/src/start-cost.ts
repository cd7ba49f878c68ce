import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { interleave } from '../../packages/ranklog-bench/dist/suite/interleave.js'
import { Compared } from './compared.ts'
import type { Settings } from './settings.ts'
import { type Place, runProcess } from './start-process.ts'
import type { Table } from './table.ts'

/** The cost of a process until its logger is ready. */
interface StartSample {
  /** Time since the start of the process, in ms. */
  wall: number
  /** User and system time of all threads, in ms. */
  cpu: number
  /** Resident set, in MB. */
  rss: number
  /** NaN if the system does not report it. */
  threads: number
}

/** A logger that is started, with options that can be sent as JSON. */
interface Cell {
  name: string
  library: 'pino' | 'pino-rank'
  options: object
  place: Place
}

const gated = { rank: 1, worldSize: 2 }
const open = { rank: 0, worldSize: 2 }

const programs = { 'ES module': './start-esm.js', CommonJS: './start-cjs.cjs' }

const about = `Each sample is a process of its own, measured when its logger is ready (a logger with a worker: when the worker accepts lines).
Over silent: median of the differences to \`pino({ level: 'silent' })\` in the same round [95 % interval]. The first row is the A/A
control. Goal for the gated ranks: at most 1 MB over silent as ES module, 2 MB as CommonJS.`

/** Measures what a rank costs before its first record. */
export async function startCost(settings: Settings): Promise<Table[]> {
  const tables: Table[] = []
  for (const [module, program] of Object.entries(programs)) {
    tables.push(await measureStart(`Starting a rank, ${module}`, program, settings))
  }
  return tables
}

async function measureStart(title: string, program: string, { pairs, dir, onProgress }: Settings): Promise<Table> {
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
    onProgress(`${title}: round ${round} of ${pairs}`),
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
