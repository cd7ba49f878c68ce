import { closeSync, openSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { median } from '../../packages/ranklog-bench/dist/stats/stats.js'
import { interleave } from '../../packages/ranklog-bench/dist/suite/interleave.js'
import { rssOf, runCommand, timed } from './command.ts'
import { type LineOrder, lineOrderOf } from './line-order.ts'
import type { Settings } from './settings.ts'
import type { Table } from './table.ts'

interface Cell {
  ranks: number
}

interface Sample extends LineOrder {
  /** Duration of the whole job, with its start. */
  seconds: number
  /** The largest resident set of `ranklog run`, in MB. */
  rss: number
}

const ranklog = fileURLToPath(new URL('../../packages/ranklog/bin/ranklog.js', import.meta.url))
const program = fileURLToPath(new URL('./pino-loop.js', import.meta.url))
const maxLines = 20_000

const about = `Ranks are Node programs that log with plain \`pino()\` in a loop, as fast as they can. Every 97th line has 5 kB. \`ranklog run\` with
its default window writes into a file. Behind: lines after a line of any rank with a later time; the number of runs that had some, and
the maximum of a run. Lost, disordered: of all runs. Seconds: of the whole job with the start of its ranks, median. RSS: of
\`ranklog run\`, the largest of all runs.`

/** Measures whether \`ranklog run\` writes the lines of ranks with plain pino in order. Runs three rounds per pair. */
export async function orderTable({ pairs, records, dir, onProgress }: Settings): Promise<Table> {
  const title = 'Ranks of plain pino in a loop'
  const lines = Math.min(records, maxLines)
  const rounds = 3 * pairs
  const cells: Cell[] = [{ ranks: 2 }, { ranks: 4 }, { ranks: 8 }]
  const samples = await interleave(
    cells,
    rounds,
    ({ ranks }) => sample(ranks, lines, join(dir, 'order.log')),
    (round) => onProgress(`${title}: round ${round} of ${rounds}`),
  )
  return { title, about, rows: cells.map((cell) => rowOf(cell, samples.get(cell) ?? [], lines)) }
}

function rowOf({ ranks }: Cell, samples: readonly Sample[], lines: number): Table['rows'][number] {
  const total = (figure: keyof Sample) => samples.reduce((sum, sample) => sum + sample[figure], 0)
  const maxOf = (figure: keyof Sample) => Math.max(...samples.map((sample) => sample[figure]))
  const late = samples.filter(({ behind }) => behind > 0).length
  const lost = samples.length * ranks * lines - total('lines')
  const allowed = Math.floor(samples.length / 30)
  const isMet = late <= allowed && maxOf('behind') <= 10 && lost + total('disordered') === 0
  return {
    ranks,
    runs: samples.length,
    'lines of a rank': lines,
    lost,
    disordered: total('disordered'),
    'runs with lines behind': late,
    'max behind': maxOf('behind'),
    'by ms': maxOf('largestMs'),
    seconds: median(samples.map(({ seconds }) => seconds)),
    'RSS MB': maxOf('rss'),
    goal: `0 behind but in 1 of 30, there ≤ 10: ${isMet ? 'met' : 'missed'}`,
  }
}

async function sample(ranks: number, lines: number, path: string): Promise<Sample> {
  const out = openSync(path, 'w')
  const run = [process.execPath, ranklog, 'run', '-n', `${ranks}`, '--', process.execPath, program, `${lines}`]
  const finished = await runCommand([...timed, ...run], { name: 'ranklog run', stdout: out }).finally(() =>
    closeSync(out),
  )
  const found = lineOrderOf(readFileSync(path))
  rmSync(path)
  return { ...found, seconds: finished.ns / 1e9, rss: rssOf(finished) }
}
