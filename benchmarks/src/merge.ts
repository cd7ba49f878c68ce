import { cpSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { median } from '../../packages/ranklog-bench/dist/stats/stats.js'
import { interleave } from '../../packages/ranklog-bench/dist/suite/interleave.js'
import { keepCoresBusy } from './busy-core.ts'
import { rssOf, runCommand, timed } from './command.ts'
import { Compared } from './compared.ts'
import { judge } from './judge.ts'
import { type MergeData, writeMergeData } from './merge-data.ts'
import { mergeRivals, mergeTools, ranklog } from './merge-tools.ts'
import type { Settings } from './settings.ts'
import type { Table } from './table.ts'

const lineBytes = 150

/** Minimum speed of a merge, as a share of the speed of `dd`. */
const minShareOfDd = 0.75

interface Cell {
  data: MergeData
  files: number
  tool: string
  /** True if another program keeps all cores but one busy. */
  isBusy?: boolean
  /** Share of the bytes that the tool gets. A slow tool gets fewer; the time is measured per byte. */
  share?: number
  comparedWith?: [Cell, max?: number][]
}

interface Sample {
  /** Time in ns per byte. */
  wall: number
  /** Largest resident set, in MB. */
  rss: number
}

const about = `From several files into one, on the same disk; the input is in the page cache. Time: of the whole process with its start, per byte
of input. Ratios: median over the pairs [95 % interval]. A tool compared with itself is the A/A control. RSS: the largest of all rounds.
Every output is as long as its input. dd: the same files, one after another; a time ≤ 1.33 is a speed ≥ 0.75. A core busy: a program that
only computes runs on each core but one. hl is measured if it is installed; DuckDB, polars and chDB if BENCH_PYTHON is a Python that has
them. Slow tools get fewer bytes.`

/** Measures what it costs to merge the files of ranks. */
export async function merge({ pairs, records, dir, onProgress }: Settings): Promise<Table[]> {
  const bytes = records * lineBytes
  const tables: Table[] = []
  for (const [title, cells] of groups()) {
    const inputs = new Map<string, string[]>()
    for (const { data, files, share = 1 } of cells) {
      const key = `${data} ${files} ${share}`
      onProgress(`${title}: writes ${key}`)
      if (!inputs.has(key))
        inputs.set(key, await writeMergeData(mkdtempSync(join(dir, 'merge-')), data, files, bytes * share))
    }
    const measure = (cell: Cell) =>
      run(cell, inputs.get(`${cell.data} ${cell.files} ${cell.share ?? 1}`) as string[], join(dir, 'merged'))
    const samples = await interleave(cells, pairs, measure, (round) =>
      onProgress(`${title}: round ${round} of ${pairs}`),
    )
    tables.push({ title, about, rows: cells.flatMap((cell) => rowsOf(new Compared(cell, samples))) })
    for (const paths of inputs.values()) for (const path of paths) rmSync(path)
  }
  tables.push(await status(bytes / 100, pairs, dir, onProgress))
  return tables
}

function groups(): [string, Cell[]][] {
  const found: [string, Cell[]][] = [
    ...(['fine', 'ties', 'runs', 'disordered', 'ISO times'] as const).map(kindOfData),
    busyCores(),
  ]
  const rivals = mergeRivals().map((tool): Cell => ({ data: 'fine', files: 8, tool, share: 0.2 }))
  if (rivals.length > 0) {
    const comparedWith = rivals.map((cell): [Cell, number] => [cell, cell.tool === 'hl' ? 1 / 8 : 1])
    const ours: Cell = { data: 'fine', files: 8, tool: 'ranklog merge', share: 0.2, comparedWith }
    found.push(['8 files, fine, and what others sort with', [ours, ...rivals]])
  }
  const plain: Cell = { data: 'equal ranks', files: 8, tool: 'ranklog merge' }
  const dedup: Cell = { ...plain, tool: 'ranklog merge --dedup', comparedWith: [[plain, 2]] }
  const eight: Cell = { data: 'fine', files: 8, tool: 'ranklog merge' }
  return [
    ...found,
    ['The same of 8 ranks', [plain, dedup]],
    ['8 and 512 files', [eight, { ...eight, files: 512, comparedWith: [[eight, 2]] }]],
  ]
}

function kindOfData(data: MergeData): [string, Cell[]] {
  const isIso = data === 'ISO times'
  const cell = (tool: string): Cell => ({ data, files: 8, tool })
  const copies: [Cell, number?][] = isIso
    ? [[cell('cat'), 1 / 0.15], [cell('dd bs=256k')]]
    : [
        [cell('cat'), 2],
        [cell('dd bs=256k'), 1 / minShareOfDd],
      ]
  const sorts: [Cell, number][] = [
    [cell('sort -m, lexical'), 1],
    [cell('sort -m, numeric'), 1 / 2],
  ]
  const parsed: Cell = { ...cell('readline, JSON.parse'), share: 0.05 }
  const others: [Cell, number?][] = [...copies, ...(isIso ? [] : sorts), [parsed, isIso ? 1 / 5 : 1 / 15]]
  const ours: Cell = { ...cell('ranklog merge'), comparedWith: others }
  const control: Cell = { ...cell('ranklog merge'), comparedWith: [[ours]] }
  return [
    `8 files, ${data}`,
    [...copies.map(([copy]) => copy), ours, ...others.slice(2).map(([other]) => other), control],
  ]
}

function busyCores(): [string, Cell[]] {
  const cell = (tool: string): Cell => ({ data: 'fine', files: 8, tool, isBusy: true })
  const cat = cell('cat')
  const dd = cell('dd bs=256k')
  const ours: Cell = { ...cell('ranklog merge'), comparedWith: [[cat, 2], [dd]] }
  const control: Cell = { ...cell('ranklog merge'), comparedWith: [[ours]] }
  return ['8 files, fine, one core free and the others busy', [cat, dd, ours, control]]
}

/** Measures how long `ranklog status` takes for the logs of many ranks. */
async function status(bytes: number, rounds: number, dir: string, onProgress: Settings['onProgress']): Promise<Table> {
  const ranks = 512
  const some = join(dir, 'some')
  const all = join(dir, 'all')
  onProgress('status: writes its files')
  const paths = await writeMergeData(some, 'ties', 8, 8 * bytes)
  mkdirSync(all)
  for (let rank = 0; rank < ranks; rank++) cpSync(paths[rank % 8] as string, join(all, `train.rank-${rank}.log`))
  const walls: number[] = []
  for (let round = 0; round < rounds; round++) {
    const { ns } = await runCommand([process.execPath, ranklog, 'status', all], { name: 'ranklog status' })
    walls.push(ns / 1e9)
  }
  for (const folder of [some, all]) rmSync(folder, { recursive: true })
  const seconds = median(walls)
  const goal = `≤ 2 s: ${seconds <= 2 ? 'met' : 'missed'}`
  const row = {
    ranks,
    'MB each': Math.round(bytes / 1e6),
    's, median': seconds,
    's, longest': Math.max(...walls),
    goal,
  }
  return { title: 'ranklog status', about: 'Of the whole process, its start included.', rows: [row] }
}

async function run({ tool, data, isBusy }: Cell, inputs: readonly string[], out: string): Promise<Sample> {
  rmSync(out, { force: true })
  await runCommand(['cat', ...inputs], { name: 'cat', stdout: 'ignore' }) // reads the files into the page cache
  const bash = ['bash', '--norc', '-c', mergeTools[tool] as string, 'bash']
  const env = { PATH: process.env.PATH, OUT: out }
  const release = isBusy ? await keepCoresBusy() : undefined
  const finished = await runCommand([...timed, ...bash, ...inputs], { name: tool, env, stdout: 'ignore' })
  await release?.()
  const size = inputs.reduce((sum, path) => sum + statSync(path).size, 0)
  const written = statSync(out).size
  const isWhole = written === size || (data === 'equal ranks' && tool.endsWith('--dedup'))
  if (!isWhole) throw new Error(`${tool}: wrote ${written} of ${size} bytes: ${finished.stderr.slice(-500)}`)
  return { wall: finished.ns / size, rss: rssOf(finished) }
}

function rowsOf(row: Compared<Cell, Sample>): Table['rows'] {
  const { tool, files, isBusy, comparedWith = [] } = row.cell
  const name = isBusy ? `${tool}, a core busy` : tool
  const figures = { tool: name, files, 'MB/s': Math.round(1000 / row.median('wall')), 'RSS MB': row.median('rss') }
  if (comparedWith.length === 0) return [{ ...figures, 'compared with': '', 'time ratio': null, goal: '' }]
  return comparedWith.map(([cell, max]) => {
    const found = row.ratio(cell, 'wall')
    const isControl = cell.tool === tool && cell.files === files
    const other = cell.isBusy ? `${cell.tool}, a core busy` : cell.tool
    return {
      ...figures,
      'compared with': isControl ? 'itself (A/A)' : cell.files === files ? other : `${cell.files} files`,
      'time ratio': found,
      goal: max !== undefined && found ? `≤ ${max.toPrecision(3)}: ${judge(found, max)}` : '',
    }
  })
}
