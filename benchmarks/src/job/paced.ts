import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { interleave } from '../../../packages/ranklog-bench/dist/suite/interleave.js'
import { Compared } from '../compared.ts'
import { verdict } from '../judge.ts'
import type { Settings } from '../settings.ts'
import { runProcess } from '../start-process.ts'
import type { Table } from '../table.ts'
import type { PacedJob, PacedSample } from './paced-rank.ts'

interface Cell {
  name: string
  writer: string
  baseline?: Cell
  /** Maximum ratio of the median to that of the baseline. */
  max?: number
}

const perSecond = 100

const title = `b: a call at ${perSecond} lines/s`

const about = `One process logs a line of 150 B every ${1000 / perSecond} ms. Duration of its calls: median, p99 and longest of a sample, medians over the
rounds. Ratio: of the medians, over the pairs [95 % interval]. A/A: the same cell again, as the control.`

/** Measures what a call costs a program that logs a line at a fixed interval. */
export async function pacedCall({ pairs, seconds, dir, onProgress }: Settings): Promise<Table[]> {
  const path = join(dir, 'paced.log')
  const measure = async ({ writer }: Cell) => {
    const job: PacedJob = { writer, path, warmUp: 50, calls: seconds * perSecond, interval: 1000 / perSecond }
    const sample = await runProcess<PacedSample>('./job/paced-rank.js', job, { rank: 0, worldSize: 1 })
    rmSync(path, { force: true })
    return { ...sample }
  }
  const sync = 'pino.destination, sync'
  const baseline: Cell = { name: sync, writer: sync }
  const cells: Cell[] = [
    baseline,
    { name: `${sync} (A/A)`, writer: sync, baseline },
    { name: 'pino/file', writer: 'pino/file', baseline },
    { name: 'pino-rank-file, rankLogger', writer: 'pino-rank-file, rankLogger', baseline, max: 1 },
    { name: 'fileStream', writer: 'fileStream', baseline, max: 1 },
  ]
  const samples = await interleave(cells, pairs, measure, (round) => onProgress(`${title}: round ${round} of ${pairs}`))
  return [{ title, about, rows: cells.map((cell) => rowOf(new Compared(cell, samples))) }]
}

function rowOf(row: Compared<Cell, PacedSample>): Table['rows'][number] {
  const ratio = row.ratio(row.cell.baseline, 'median')
  return {
    writer: row.cell.name,
    'median µs': row.median('median'),
    'p99 µs': row.median('p99'),
    'longest µs': row.median('longest'),
    ratio,
    goal: verdict('median', ratio, row.cell.max),
  }
}
