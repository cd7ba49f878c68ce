import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Compared } from '../compared.ts'
import { interleave } from '../interleave.ts'
import { judgeLeast } from '../judge.ts'
import { logFilesIn, readBack } from '../read-back.ts'
import type { Settings } from '../settings.ts'
import { runProcess } from '../start-process.ts'
import type { Table } from '../table.ts'
import { mountTmpfs } from '../tmpfs.ts'
import type { FlatOutJob, FlatOutSample } from './flat-out-rank.ts'

interface Cell {
  writer: string
}

interface Sample {
  /** Lines in the first and the last second. */
  first: number
  last: number
  ratio: number
  bad: number
}

const options = { flushBytes: 1, rotate: { maxBytes: 1e7, keepFiles: 3 } }
const least = 0.8

const title = 'g: one process, as fast as it can, a write each line'

const about = `One process logs for some seconds to a tmpfs, with flushBytes: 1 and rotate: { maxBytes: 1e7, keepFiles: 3 }. Lines/s: that the calls took, in the first and the
last second. Last ÷ first: median over the rounds [95 % interval]. Bad: torn or doubled lines of those that rotation has kept, in all rounds.`

/** Does a process that logs as fast as it can keep its pace? */
export async function flatOut({ pairs, seconds, dir, tell }: Settings): Promise<Table[]> {
  const folder = join(dir, 'flat-out')
  if (!mountTmpfs(folder, 2 ** 30))
    return [{ title, about: 'Not measured here: it needs a tmpfs, and so root.', rows: [] }]
  const measure = async ({ writer }: Cell): Promise<Sample> => {
    const own = mkdtempSync(join(folder, 'job-'))
    const job: FlatOutJob = { writer, path: join(own, 'job.log'), options, seconds }
    const program = './contention/flat-out-rank.js'
    const { perSecond } = await runProcess<FlatOutSample>(program, job, { rank: 0, worldSize: 1 })
    const { torn, twice } = readBack(logFilesIn(own))
    rmSync(own, { recursive: true })
    const [first = Number.NaN, last = Number.NaN] = [perSecond[0], perSecond.at(-1)]
    return { first, last, ratio: last / first, bad: torn + twice }
  }
  const cells = ['pino-rank-file, rankLogger', 'fileStream'].map((writer): Cell => ({ writer }))
  const samples = await interleave(cells, pairs, measure, (round) => tell(`${title}: round ${round} of ${pairs}`))
  const rows = cells.map((cell) => new Compared(cell, samples))
  const bad = rows.reduce((sum, row) => sum + row.total('bad'), 0)
  return [{ title, about, rows: rows.map(rowOf), ...(bad > 0 && { failure: `${title}: ${bad} bad lines` }) }]
}

function rowOf(row: Compared<Cell, Sample>): Table['rows'][number] {
  const ratio = row.estimate('ratio')
  return {
    writer: row.cell.writer,
    'lines/s, first': row.median('first'),
    'lines/s, last': row.median('last'),
    'last ÷ first': ratio,
    bad: row.total('bad'),
    goal: `≥ ${least}: ${judgeLeast(ratio, least)}`,
  }
}
