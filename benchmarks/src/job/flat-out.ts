import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { mountTmpfs } from '../../../packages/ranklog-bench/dist/disks/tmpfs.js'
import { logFilesIn } from '../../../packages/ranklog-bench/dist/ranks/log-files.js'
import { interleave } from '../../../packages/ranklog-bench/dist/suite/interleave.js'
import { Compared } from '../compared.ts'
import { judgeMin } from '../judge.ts'
import { readFixedLines } from '../read-fixed-lines.ts'
import type { Settings } from '../settings.ts'
import { runProcess } from '../start-process.ts'
import type { Table } from '../table.ts'
import type { FlatOutJob, FlatOutSample } from './flat-out-rank.ts'

interface Cell {
  writer: string
}

interface Sample {
  /** Number of lines in the first and in the last second. */
  first: number
  last: number
  /** Ratio of `last` to `first`. */
  ratio: number
  /** The same ratio of the lines in a second of CPU time. */
  cpuRatio: number
  threads: number
  bad: number
}

const options = { flushBytes: 1, rotate: { maxBytes: 1e7, keepFiles: 3 } }
const minRatio = 0.8

const title = 'g: one process, as fast as it can, a write each line'

const about = `One process logs for some seconds to a tmpfs, with flushBytes: 1 and rotate: { maxBytes: 1e7, keepFiles: 3 }. Lines/s: number of
log calls in the first and in the last second. Last ÷ first: median over the rounds [95 % interval]. Of CPU: the same ratio of the lines
in a second of CPU time, which depends less on other programs. Threads: maximum at the end. Bad: torn or doubled lines in the files that
rotation has not deleted, of all rounds.`

/** Measures whether a process that logs as fast as it can is as fast after some seconds. */
export async function flatOut({ pairs, seconds, dir, onProgress }: Settings): Promise<Table[]> {
  const folder = join(dir, 'flat-out')
  if (!mountTmpfs(folder, 2 ** 30))
    return [{ title, about: 'Not measured here: it needs root, to mount a tmpfs.', rows: [] }]
  const measure = async ({ writer }: Cell): Promise<Sample> => {
    const own = mkdtempSync(join(folder, 'job-'))
    const job: FlatOutJob = { writer, path: join(own, 'job.log'), options, seconds }
    const program = './job/flat-out-rank.js'
    const { lines, cpu, threads } = await runProcess<FlatOutSample>(program, job, { rank: 0, worldSize: 1 })
    const { torn, twice } = readFixedLines(logFilesIn(own))
    rmSync(own, { recursive: true })
    const [first, last] = [lines[0], lines.at(-1)] as [number, number]
    const [cpuFirst, cpuLast] = [cpu[0], cpu.at(-1)] as [number, number]
    const ratio = last / first
    return { first, last, ratio, cpuRatio: (ratio * cpuFirst) / cpuLast, threads, bad: torn + twice }
  }
  const cells = ['pino-rank-file, rankLogger', 'fileStream'].map((writer): Cell => ({ writer }))
  const samples = await interleave(cells, pairs, measure, (round) => onProgress(`${title}: round ${round} of ${pairs}`))
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
    'of CPU': row.estimate('cpuRatio'),
    threads: row.max('threads'),
    bad: row.total('bad'),
    goal: `≥ ${minRatio}: ${judgeMin(ratio, minRatio)}`,
  }
}
