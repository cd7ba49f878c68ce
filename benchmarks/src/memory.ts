import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { attachSlowDisk } from '../../packages/ranklog-bench/dist/disks/slow-disk.js'
import { interleave } from '../../packages/ranklog-bench/dist/suite/interleave.js'
import { Compared } from './compared.ts'
import { judge } from './judge.ts'
import type { MemoryJob, MemoryNote } from './memory-rank.ts'
import { readFixedLines } from './read-fixed-lines.ts'
import type { Settings } from './settings.ts'
import { runProcess } from './start-process.ts'
import type { Table } from './table.ts'

interface Cell {
  stream: string
  overflow?: 'block' | 'drop'
  baseline?: Cell
}

interface Sample extends MemoryNote {
  /** Number of lines that were neither written nor counted as dropped, plus pieces that are not a line. */
  bad: number
}

const disk = 10 * 2 ** 20
const load = 4 * disk

/** Maximum memory in MB: the default of `queueBytes`, and a margin. */
const goal = 2 ** 24 / 1e6 + 20

const about = `A program logs 40 MiB/s to a disk of 10 MiB/s (a loop device, slowed by a cgroup, mounted sync). RSS: its largest resident set.
Over bare pino: the difference to pino with a no-op stream in the same round [95 % interval]. Dropped: share of the logged lines that the
stream counted as dropped. Bad: lines that are neither in the file nor counted as dropped, and torn lines. Calls: duration of a log call.`

/** Measures the memory of a stream, and the duration of log calls, while the disk is too slow. */
export async function memory({ pairs, seconds, dir, onProgress }: Settings): Promise<Table[]> {
  const title = 'A disk that is too slow'
  const slow = attachSlowDisk(dir, { bytes: 2 * seconds * disk + 2 ** 27, bytesPerSecond: disk, dirtyBytes: 0 })
  if (typeof slow === 'string') return [{ title, about: `Not measured here: this benchmark ${slow}.`, rows: [] }]
  const path = join(slow.dir, 'memory.log')
  const measure = async ({ overflow }: Cell): Promise<Sample> => {
    const job: MemoryJob = { path, seconds, bytesPerSecond: load, ...(overflow && { overflow }) }
    const note = await runProcess<MemoryNote>('./memory-rank.js', job, { rank: 0, worldSize: 1 })
    const { found, torn, twice } = readFixedLines([path])
    rmSync(path, { force: true })
    return { ...note, bad: overflow ? torn + twice + note.logged - note.drops - found : 0 }
  }
  const bare: Cell = { stream: 'no-op stream' }
  const cells: Cell[] = [
    bare,
    { stream: 'no-op stream (A/A)', baseline: bare },
    { stream: "fileStream, overflow 'block'", overflow: 'block', baseline: bare },
    { stream: "fileStream, overflow 'drop'", overflow: 'drop', baseline: bare },
  ]
  const samples = await interleave(cells, pairs, measure, (round) => onProgress(`round ${round} of ${pairs}`))
  slow.detach()
  const rows = cells.map((cell) => new Compared(cell, samples))
  const bad = rows.reduce((sum, row) => sum + row.total('bad'), 0)
  return [{ title, about, rows: rows.map(rowOf), ...(bad > 0 && { failure: `${title}: ${bad} bad lines` }) }]
}

function rowOf(row: Compared<Cell, Sample>): Table['rows'][number] {
  const over = row.difference(row.cell.baseline, 'rss')
  return {
    stream: row.cell.stream,
    'RSS MB': row.median('rss'),
    'over bare pino MB': over,
    goal: over && row.cell.overflow ? `≤ ${goal.toFixed(1)}: ${judge(over, goal)}` : '',
    'lines logged': Math.round(row.median('logged')),
    'dropped %': (100 * row.total('drops')) / row.total('logged'),
    bad: row.total('bad'),
    'call p99 ms': row.median('p99'),
    'slowest call ms': row.median('slowest'),
  }
}
