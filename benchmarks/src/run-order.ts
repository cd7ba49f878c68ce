import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { median } from '../../packages/ranklog-bench/dist/stats/stats.js'
import { interleave } from '../../packages/ranklog-bench/dist/suite/interleave.js'
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

const about = `Ranks are Node programs that log with plain \`pino()\` in a loop, as fast as they can, every 97th line of 5 kB; \`ranklog run\` with its own
window writes into a file. Behind: lines that stand behind a later one of any rank: the runs that had some, and the most of a run. Lost,
disordered: of all runs. Seconds: of the whole job, the start of its ranks included; median. RSS: of \`ranklog run\`, the largest of all runs.`

/** Measures whether the lines of the most common ranks are in order. Runs three rounds per pair. */
export async function orderTable({ pairs, records, dir, tell }: Settings): Promise<Table> {
  const title = 'Ranks of plain pino in a loop'
  const lines = Math.min(records, maxLines)
  const rounds = 3 * pairs
  const cells: Cell[] = [{ ranks: 2 }, { ranks: 4 }, { ranks: 8 }]
  const samples = await interleave(
    cells,
    rounds,
    ({ ranks }) => sample(ranks, lines, join(dir, 'order.log')),
    (round) => tell(`${title}: round ${round} of ${rounds}`),
  )
  return { title, about, rows: cells.map((cell) => rowOf(cell, samples.get(cell) ?? [], lines)) }
}

function rowOf({ ranks }: Cell, samples: readonly Sample[], lines: number): Table['rows'][number] {
  const total = (figure: keyof Sample) => samples.reduce((sum, sample) => sum + sample[figure], 0)
  const most = (figure: keyof Sample) => Math.max(...samples.map((sample) => sample[figure]))
  const late = samples.filter(({ behind }) => behind > 0).length
  const lost = samples.length * ranks * lines - total('lines')
  const allowed = Math.floor(samples.length / 30)
  const isMet = late <= allowed && most('behind') <= 10 && lost + total('disordered') === 0
  return {
    ranks,
    runs: samples.length,
    'lines of a rank': lines,
    lost,
    disordered: total('disordered'),
    'runs with lines behind': late,
    'most behind': most('behind'),
    'by ms': most('largestMs'),
    seconds: median(samples.map(({ seconds }) => seconds)),
    'RSS MB': most('rss'),
    goal: `0 behind but in 1 of 30, there ≤ 10: ${isMet ? 'met' : 'missed'}`,
  }
}

async function sample(ranks: number, lines: number, path: string): Promise<Sample> {
  const out = openSync(path, 'w')
  const start = performance.now()
  const run = [process.execPath, ranklog, 'run', '-n', `${ranks}`, '--', process.execPath, program, `${lines}`]
  const child = spawn('/usr/bin/env', ['time', '-f', 'RSS %M', ...run], { stdio: ['ignore', out, 'pipe'] })
  closeSync(out)
  const [said, [code]] = await Promise.all([
    text(child.stderr as NonNullable<typeof child.stderr>),
    once(child, 'exit'),
  ])
  const seconds = (performance.now() - start) / 1000
  const rss = /RSS (\d+)/.exec(said)?.[1]
  if (code !== 0 || rss === undefined) throw new Error(`ranklog run: exit ${code}: ${said.slice(-500)}`)
  const found = lineOrderOf(readFileSync(path))
  rmSync(path)
  return { ...found, seconds, rss: (1024 * Number(rss)) / 1e6 }
}
