import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { logFilesIn } from '../../../packages/ranklog-bench/dist/ranks/log-files.js'
import { interleave } from '../../../packages/ranklog-bench/dist/suite/interleave.js'
import { Compared } from '../compared.ts'
import { verdict } from '../judge.ts'
import { readFixedLines } from '../read-fixed-lines.ts'
import type { Settings } from '../settings.ts'
import { startProcess } from '../start-process.ts'
import type { Table } from '../table.ts'
import type { KilledJob } from './killed-rank.ts'

interface Cell {
  writer: string
  lines: number
  turn: boolean
  /** The cell of pino/file with the same lines. */
  baseline?: Cell
}

/** Numbers of lines. */
interface Sample {
  found: number
  missing: number
  bad: number
}

/** Duration of the computation, in ms. */
const computes = 400

const title = 'f: a rank that is killed while it computes'

const about = `A rank logs, computes for ${computes} ms without a turn of its event loop, and is then killed by SIGKILL. Found: number of whole lines in
the file, median over the rounds; least: in the worst round. Missing over pino/file: median of the differences in the same round [95 %
interval]. Bad: torn or doubled lines of all rounds; a rank that is killed while it writes may leave one fragment.`

/** Measures which lines of a rank are in the file, if the rank is killed while it computes. */
export async function killedRank({ pairs, dir, onProgress }: Settings): Promise<Table[]> {
  const measure = (cell: Cell) => runKilled(cell, dir)
  const cells = [
    { lines: 1, turn: false },
    { lines: 50, turn: false },
    { lines: 5000, turn: false },
    { lines: 1, turn: true },
  ].flatMap((logged): Cell[] => {
    const baseline: Cell = { writer: 'pino/file', ...logged }
    const others = ['pino-rank-file, rankLogger', 'fileStream', 'pino.destination, sync']
    return [baseline, ...others.map((writer) => ({ writer, ...logged, baseline }))]
  })
  const samples = await interleave(cells, pairs, measure, (round) => onProgress(`${title}: round ${round} of ${pairs}`))
  return [{ title, about, rows: cells.map((cell) => rowOf(new Compared(cell, samples))) }]
}

async function runKilled({ writer, lines, turn }: Cell, dir: string): Promise<Sample> {
  const folder = mkdtempSync(join(dir, 'killed-'))
  const job: KilledJob = { writer, path: join(folder, 'job.log'), lines, turn, computes }
  const child = startProcess('./job/killed-rank.js', job, { rank: 0, worldSize: 1 })
  const [code, signal] = await once(child, 'exit')
  if (signal !== 'SIGKILL') throw new Error(`${writer}: the rank ended before it was killed: ${code ?? signal}`)
  const { found, torn, twice } = readFixedLines(logFilesIn(folder))
  rmSync(folder, { recursive: true })
  return { found, missing: lines - found, bad: torn + twice }
}

function rowOf(row: Compared<Cell, Sample>): Table['rows'][number] {
  const { writer, lines, turn, baseline } = row.cell
  const missing = row.difference(baseline, 'missing')
  const isOurs = writer === 'fileStream' || writer.startsWith('pino-rank-')
  return {
    logged: turn ? `${lines}, then a turn` : `${lines}`,
    writer,
    found: row.median('found'),
    least: lines - row.max('missing'),
    'missing over pino/file': missing,
    bad: row.total('bad'),
    goal: isOurs ? verdict('missing over pino/file', missing, 0) : '',
  }
}
