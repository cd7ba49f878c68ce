import { attachSlowDisk } from '../../../packages/ranklog-bench/dist/disks/slow-disk.js'
import { roundsPerMs } from '../../../packages/ranklog-bench/dist/ranks/compute.js'
import { exactly } from '../../../packages/ranklog-bench/dist/stats/stats.js'
import { interleave } from '../../../packages/ranklog-bench/dist/suite/interleave.js'
import { Compared } from '../compared.ts'
import { lineBytes } from '../fixed-line.ts'
import { joinVerdicts, verdict } from '../judge.ts'
import type { Settings } from '../settings.ts'
import type { Table } from '../table.ts'
import { type JobSample, runJob } from './run-job.ts'

interface Cell {
  name: string
  logging: string
  options?: object
  /** Rate of rank 0, as a share of the rate of the disk. */
  load: number
  /** The cell without logging. */
  none?: Cell
  /** The cell with the same records, written to /dev/null. */
  noDisk?: Cell
}

const disk = { bytesPerSecond: 1e7, dirtyBytes: 2 ** 24 }

/** Parts of a step, in ms: a blocking wait, and work of the CPU. */
const wait = 8
const work = 1

const rotate = { maxBytes: 1e7, gzip: true, keepFiles: 3 }

const nowhere = 'rankLogger, /dev/null'
const files = ['rankLogger, pino-rank-file', 'rankLogger, fileStream']

const goals = { added: 0.5, ratio: 1.1, call: 20 }

const title = 'e: steps while the disk is slow'

const about = `A job in which rank 0 logs to a disk of 10 MB/s (a loop device, slowed by a cgroup; the page cache takes 16 MiB). A step is a
blocking wait of ${wait} ms, ${work} ms of CPU work, then the log calls. Load: rate of rank 0, as a share of the rate of the disk; MB/s:
the rate that it reached. p50, p99, max: over the steps of all ranks. /dev/null: the same records without a disk. Over none: difference
and ratio of p99 to "no logging" in the same round, and ratio to /dev/null [95 % interval]. A/A: the same cell again, as the control. CPU:
user and system time of all ranks per step. Wall: until all lines are written. Threads, RSS: maximum of a rank. Lines: number in the
files after a round; rotation deletes some, and a full queue drops some. Bad: torn or doubled lines of all rounds.`

/** Measures what logging costs the steps of a job while the disk is slow. */
export async function slowDiskSteps({ pairs, seconds, worldSizes, dir, onProgress }: Settings): Promise<Table[]> {
  const worldSize = Math.max(...worldSizes)
  const slow = attachSlowDisk(dir, { ...disk, bytes: 8 * seconds * disk.bytesPerSecond + 2 ** 28 })
  if (typeof slow === 'string') return [{ title, about: `Not measured here: this benchmark ${slow}.`, rows: [] }]
  if (!slow.isBounded) {
    slow.detach()
    return [{ title, about: 'Not measured here: it needs Linux 6.2, which can limit dirty pages.', rows: [] }]
  }
  const rounds = Math.round(work * roundsPerMs())
  const measure = async ({ logging, options, load }: Cell) => {
    const linesPerMs = (load * disk.bytesPerSecond) / 1000 / lineBytes
    const steps = Math.ceil((seconds * 1000) / (wait + work))
    const job = { logging, worldSize, warmUp: 20, steps, wait, work: rounds, lines: 0, linesPerMs }
    const sample = await runJob({ ...job, ...(options && { options }) }, slow.dir)
    return { ...sample, rate: (sample.perSecond * lineBytes) / 1e6, bad: sample.torn + sample.twice }
  }
  const cells = cellsOf()
  const samples = await interleave(cells, pairs, measure, (round) => onProgress(`${title}: round ${round} of ${pairs}`))
  slow.detach()
  const rows = cells.map((cell) => new Compared(cell, samples))
  const bad = rows.filter(({ cell }) => ours(cell)).reduce((sum, row) => sum + row.total('bad'), 0)
  const failure = bad > 0 && { failure: `${title}: ${bad} bad lines of ours` }
  return [{ title: `${title}, ${worldSize} ranks`, about, rows: rows.map(rowOf), ...failure }]
}

function cellsOf(): Cell[] {
  const none: Cell = { name: 'no logging', logging: 'no logging', load: 0 }
  const noDisk: Cell = { name: nowhere, logging: files[1] as string, load: 0.5, options: { path: '/dev/null' }, none }
  const cell = (logging: string, load: number, options?: { rotate: object }): Cell => {
    return { name: options ? `${logging}, rotate` : logging, logging, load, none, noDisk, ...(options && { options }) }
  }
  const plain = 'pino/file, rank 0 by hand'
  return [
    none,
    { ...none, name: 'no logging (A/A)', none },
    noDisk,
    ...[plain, ...files].map((logging) => cell(logging, 0.5)),
    ...files.map((logging) => cell(logging, 0.5, { rotate })),
    ...['rankLogger, pino-rank-split', 'rankLogger, splitStream'].map((logging) => cell(logging, 0.5)),
    ...[plain, ...files].map((logging) => cell(logging, 3)),
  ]
}

function ours({ logging }: Cell): boolean {
  return logging.startsWith('rankLogger')
}

function rowOf(row: Compared<Cell, JobSample & { rate: number; bad: number }>): Table['rows'][number] {
  const { cell } = row
  const added = row.difference(cell.none, 'p99')
  const ratio = row.ratio(cell.none, 'p99')
  const longest = row.max('maxCallMs')
  const keepsUp = cell.load < 1 // with a higher load the outbox is full, and calls wait
  const goal = joinVerdicts(
    verdict('p99 over none', added, keepsUp ? goals.added : undefined),
    verdict('ratio', ratio, keepsUp ? goals.ratio : undefined),
    verdict('call', exactly(longest), keepsUp ? goals.call : undefined),
  )
  return {
    logging: cell.name,
    load: cell.load,
    'MB/s': row.median('rate'),
    'p50 ms': row.median('p50'),
    'p99 ms': row.median('p99'),
    'max ms': row.max('max'),
    'p99 over none': added,
    'p99 ÷ none': ratio,
    'p99 ÷ /dev/null': row.ratio(cell.noDisk, 'p99'),
    'longest call ms': longest,
    'wall s': row.median('wall'),
    'CPU ms': row.median('cpu'),
    threads: row.max('threads'),
    'RSS MB': row.max('rss'),
    lines: row.median('found'),
    bad: row.total('bad'),
    goal: ours(cell) && cell.name !== nowhere ? goal : '',
  }
}
