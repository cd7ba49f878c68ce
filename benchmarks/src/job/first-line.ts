import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { interleave } from '../../../packages/ranklog-bench/dist/suite/interleave.js'
import { Compared } from '../compared.ts'
import { joinVerdicts, verdict } from '../judge.ts'
import type { Settings } from '../settings.ts'
import { type Place, runProcess } from '../start-process.ts'
import type { Table } from '../table.ts'
import type { FirstLineJob, FirstLineSample } from './first-line-rank.ts'

interface Cell {
  name: string
  logger: string
  place: Place
  hasGoals?: boolean
}

const open = { rank: 0, worldSize: 2 }
const gated = { rank: 1, worldSize: 2 }

/** Maximum differences, in threads, ms and MB. */
const goals = { threads: 0, firstLine: 10, rss: 3 }

const title = 'd: an open rank, until its first line is in the file'

const about = `Each sample is a process of its own. First line: time from the moment when pino is loaded until the line is in the file; on a
gated rank, until the log call has returned. RSS and threads: right after that. Over silent, over gated: median of the differences to
\`pino({ level: 'silent' })\` and to a gated rank of rankLogger with pino-rank-file in the same round [95 % interval]. A/A: the same cell
again, as the control.`

/** Measures what a rank that may write costs until its first line is in the file. */
export async function firstLine({ pairs, dir, onProgress }: Settings): Promise<Table[]> {
  const path = join(dir, 'first.log')
  const measure = async ({ logger, place }: Cell) => {
    const job: FirstLineJob = { logger, path }
    const sample = await runProcess<FirstLineSample>('./job/first-line-rank.js', job, place)
    rmSync(path, { force: true })
    return sample
  }
  const silentName = 'pino, level silent'
  const target = 'rankLogger, pino-rank-file'
  const silent: Cell = { name: silentName, logger: silentName, place: gated }
  const closed: Cell = { name: `${target}, gated`, logger: target, place: gated }
  const cells: Cell[] = [
    silent,
    { ...silent, name: `${silentName} (A/A)` },
    closed,
    { ...closed, name: `${closed.name} (A/A)` },
    { name: 'pino/file', logger: 'pino/file', place: open },
    { name: `${target}, open`, logger: target, place: open, hasGoals: true },
    { name: 'rankLogger, fileStream, open', logger: 'rankLogger, fileStream', place: open, hasGoals: true },
  ]
  const samples = await interleave(cells, pairs, measure, (round) => onProgress(`${title}: round ${round} of ${pairs}`))
  return [{ title, about, rows: cells.map((cell) => rowOf(new Compared(cell, samples), silent, closed)) }]
}

function rowOf(row: Compared<Cell, FirstLineSample>, silent: Cell, closed: Cell): Table['rows'][number] {
  const threads = row.difference(silent, 'threads')
  const rss = row.difference(silent, 'rss')
  const first = row.difference(closed, 'firstLine')
  const goal = joinVerdicts(
    verdict('threads', threads, goals.threads),
    verdict('first line', first, goals.firstLine),
    verdict('RSS', rss, goals.rss),
  )
  return {
    rank: row.cell.name,
    threads: row.median('threads'),
    'threads over silent': threads,
    'first line ms': row.median('firstLine'),
    'first line over gated': first,
    'RSS MB': row.median('rss'),
    'RSS over silent': rss,
    goal: row.cell.hasGoals ? goal : '',
  }
}
