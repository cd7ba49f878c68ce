import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { median } from '../../packages/ranklog-bench/dist/stats/stats.js'
import { interleave } from '../../packages/ranklog-bench/dist/suite/interleave.js'
import { Compared } from './compared.ts'
import { judge } from './judge.ts'
import { type MergeData, writeMergeData } from './merge-data.ts'
import type { Settings } from './settings.ts'
import type { Table } from './table.ts'

const lineBytes = 150

interface Cell {
  data: MergeData
  files: number
  tool: string
  /** Part of the bytes: a slow tool need not have all, and its time is taken a byte. */
  share?: number
  beside?: [Cell, most?: number][]
}

interface Sample {
  /** ns a byte. */
  wall: number
  /** Largest resident set, in MB. */
  rss: number
}

const ranklog = fileURLToPath(new URL('../../packages/ranklog/bin/ranklog.js', import.meta.url))
const rivals = fileURLToPath(new URL('../src/merge-rivals.py', import.meta.url))
const python = process.env.BENCH_PYTHON
const naive = fileURLToPath(new URL('./merge-naive.js', import.meta.url))

/** Another process computes as long as this runs. */
const besideOther = (command: string) => `(while :; do :; done) & ${command}; kill $!`

const cat = 'cat "$@" > "$OUT"'
const ours = `"${process.execPath}" "${ranklog}" merge "$@" -o "$OUT"`

/** The command of each tool; `"$@"` are the files, `$OUT` the output. */
const tools: Record<string, string> = {
  cat,
  'cat, a core busy': besideOther(cat),
  'ranklog merge': ours,
  'ranklog merge, a core busy': besideOther(ours),
  'ranklog merge --dedup': `"${process.execPath}" "${ranklog}" merge --dedup "$@" -o "$OUT"`,
  'sort -m, lexical': 'LC_ALL=C sort -m -s -t : -k 3,3 "$@" -o "$OUT"',
  'sort -m, numeric': 'LC_ALL=C sort -m -s -t : -k 3,3n "$@" -o "$OUT"',
  hl: 'hl --raw --sort "$@" --output "$OUT"',
  duckdb: `"${python}" "${rivals}" duckdb "$OUT" "$@"`,
  polars: `"${python}" "${rivals}" polars "$OUT" "$@"`,
  chdb: `"${python}" "${rivals}" chdb "$OUT" "$@"`,
  'readline, JSON.parse': `"${process.execPath}" "${naive}" "$OUT" "$@"`,
}

const about = `From several files into one, on the same disk. Time: of the whole process, its start included, a byte of input. Ratios: median over the pairs of
a round [95 % interval]; beside itself: the A/A control. RSS: the largest of all rounds. Every output is as long as its input. hl is measured where it is
installed, DuckDB, polars and chDB where BENCH_PYTHON is a Python that has them; slow tools get a part of the bytes.`

/** What does it cost to merge ranks' files? */
export async function merge({ pairs, records, dir, tell }: Settings): Promise<Table[]> {
  const bytes = records * lineBytes
  const tables: Table[] = []
  for (const [title, cells] of groups()) {
    const inputs = new Map<string, string[]>()
    for (const { data, files, share = 1 } of cells) {
      const key = `${data} ${files} ${share}`
      tell(`${title}: writes ${key}`)
      if (!inputs.has(key))
        inputs.set(key, writeMergeData(mkdtempSync(join(dir, 'merge-')), data, files, bytes * share))
    }
    const measure = (cell: Cell) =>
      run(cell, inputs.get(`${cell.data} ${cell.files} ${cell.share ?? 1}`) as string[], join(dir, 'merged'))
    const samples = await interleave(cells, pairs, measure, (round) => tell(`${title}: round ${round} of ${pairs}`))
    tables.push({ title, about, rows: cells.flatMap((cell) => rowsOf(new Compared(cell, samples))) })
    for (const paths of inputs.values()) for (const path of paths) rmSync(path)
  }
  tables.push(await status(bytes / 100, pairs, dir, tell))
  return tables
}

function groups(): [string, Cell[]][] {
  const found: [string, Cell[]][] = []
  for (const [data, most] of [
    ['fine', 1 / 0.5],
    ['ties', 1 / 0.5],
    ['runs', 1 / 0.5],
    ['disordered', 1 / 0.5],
    ['ISO times', 1 / 0.15],
  ] as const) {
    const cat: Cell = { data, files: 8, tool: 'cat' }
    const parsed: Cell = { data, files: 8, tool: 'readline, JSON.parse', share: 0.05 }
    const lexical: Cell = { data, files: 8, tool: 'sort -m, lexical' }
    const numeric: Cell = { data, files: 8, tool: 'sort -m, numeric' }
    const iso = data === 'ISO times'
    const sorts: [Cell, number?][] = iso
      ? []
      : [
          [lexical, 1],
          [numeric, 1 / 2],
        ]
    const ours: Cell = {
      data,
      files: 8,
      tool: 'ranklog merge',
      beside: [[cat, most], ...sorts, [parsed, iso ? 1 / 5 : 1 / 15]],
    }
    const control: Cell = { data, files: 8, tool: 'ranklog merge', beside: [[ours]] }
    found.push([`8 files, ${data}`, [cat, ours, ...sorts.map(([cell]) => cell), parsed, control]])
  }
  const other: Cell = { data: 'fine', files: 8, tool: 'cat, a core busy' }
  found.push([
    '8 files, fine, one of two cores busy',
    [other, { data: 'fine', files: 8, tool: 'ranklog merge, a core busy', beside: [[other, 2]] }],
  ])
  const tools = rivalTools()
  if (tools.length > 0) {
    const cells = tools.map((tool): Cell => ({ data: 'fine', files: 8, tool, share: 0.2 }))
    const most = (tool: string) => (tool === 'hl' ? 1 / 8 : 1)
    const beside = cells.map((cell): [Cell, number] => [cell, most(cell.tool)])
    found.push([
      '8 files, fine, and what others sort with',
      [{ data: 'fine', files: 8, tool: 'ranklog merge', share: 0.2, beside }, ...cells],
    ])
  }
  const plain: Cell = { data: 'equal ranks', files: 8, tool: 'ranklog merge' }
  found.push([
    'The same of 8 ranks',
    [plain, { data: 'equal ranks', files: 8, tool: 'ranklog merge --dedup', beside: [[plain, 2]] }],
  ])
  const eight: Cell = { data: 'fine', files: 8, tool: 'ranklog merge' }
  found.push(['8 and 512 files', [eight, { data: 'fine', files: 512, tool: 'ranklog merge', beside: [[eight, 2]] }]])
  return found
}

function rivalTools(): string[] {
  const has = (command: string, args: string[]) => spawnSync(command, args, { stdio: 'ignore' }).status === 0
  return [
    ...(has('hl', ['--version']) ? ['hl'] : []),
    ...['duckdb', 'polars', 'chdb'].filter((name) => python && has(python, ['-c', `import ${name}`])),
  ]
}

/** How long does it take to see where each of 512 ranks is? */
async function status(bytes: number, rounds: number, dir: string, tell: Settings['tell']): Promise<Table> {
  const ranks = 512
  const some = join(dir, 'some')
  const all = join(dir, 'all')
  tell('status: writes its files')
  const paths = writeMergeData(some, 'ties', 8, 8 * bytes)
  mkdirSync(all)
  for (let rank = 0; rank < ranks; rank++) cpSync(paths[rank % 8] as string, join(all, `train.rank-${rank}.log`))
  const walls: number[] = []
  for (let round = 0; round < rounds; round++) {
    const start = process.hrtime.bigint()
    const { status, stderr } = spawnSync(process.execPath, [ranklog, 'status', all], { encoding: 'utf8' })
    walls.push(Number(process.hrtime.bigint() - start) / 1e9)
    if (status !== 0) throw new Error(`ranklog status: exit ${status}: ${stderr}`)
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

async function run({ tool, data }: Cell, inputs: readonly string[], out: string): Promise<Sample> {
  rmSync(out, { force: true })
  const start = process.hrtime.bigint()
  const child = spawn(
    '/usr/bin/env',
    ['time', '-f', '%M', 'bash', '--norc', '-c', tools[tool] as string, 'bash', ...inputs],
    { env: { PATH: process.env.PATH, OUT: out }, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text) => {
    said += text
  })
  const [code] = await once(child, 'close')
  const ns = Number(process.hrtime.bigint() - start)
  const size = inputs.reduce((sum, path) => sum + statSync(path).size, 0)
  const isWhole = statSync(out).size === size || (data === 'equal ranks' && tool.endsWith('--dedup'))
  if (code !== 0 || !isWhole) throw new Error(`${tool}: exit ${code}, ${statSync(out).size} bytes of ${size}: ${said}`)
  return { wall: ns / size, rss: (1024 * Number(said.trim().split('\n').at(-1))) / 1e6 }
}

function rowsOf(row: Compared<Cell, Sample>): Table['rows'] {
  const { tool, files, beside = [] } = row.cell
  const figures = { tool, files, 'MB/s': Math.round(1000 / row.median('wall')), 'RSS MB': row.median('rss') }
  if (beside.length === 0) return [{ ...figures, beside: '', 'time ratio': null, goal: '' }]
  return beside.map(([cell, most]) => {
    const found = row.ratio(cell, 'wall')
    const isControl = cell.tool === tool && cell.files === files
    return {
      ...figures,
      beside: isControl ? 'itself (A/A)' : cell.files === files ? cell.tool : `${cell.files} files`,
      'time ratio': found,
      goal: most !== undefined && found ? `≤ ${most.toPrecision(3)}: ${judge(found, most)}` : '',
    }
  })
}
