import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { interleave } from '../../packages/ranklog-bench/dist/suite/interleave.js'
import { callTable, type Group } from './call-cost.ts'
import { rssOf, runCommand, timeFormat } from './command.ts'
import { Compared } from './compared.ts'
import { nodeRanksTable } from './run-node.ts'
import { orderTable } from './run-order.ts'
import { ownWindow, ownWindowMs, runRivals, runTools } from './run-tools.ts'
import type { Settings } from './settings.ts'
import type { Table } from './table.ts'

interface Cell {
  tool: string
  ranks: number
  /** Lines per second of each rank. 0 means as fast as it can. */
  rate: number
  /** Number of lines of each rank. */
  lines: number
}

/** The counts of the reader, and the largest resident set of the tool, in MB. */
interface Sample {
  linesPerSecond: number
  torn: number
  lost: number
  disordered: number
  inversions: number
  p50: number
  p99: number
  rss: number
}

const source = fileURLToPath(new URL('../src/replay.c', import.meta.url))

const about = `Ranks are C programs (\`src/replay.c\`) that print pino lines of 150 bytes, as fast as they can or in a batch each half millisecond.
Another one reads the pipe and checks every byte. Torn: lines that are not as they were sent. Disordered: lines that do not follow the
previous line of their rank. Torn, lost and disordered lines are of all rounds. Behind: share of the lines that are after a line of any
rank with a later time. ms: from the making of a line until it is read. RSS: of the tool's own process. The window is 20 ms; its own
window is 250 ms. Ratio: of lines per second, median over the pairs [95 % interval].`

const logged = ['rankLogger, pino-rank-stdout', 'rankLogger, stdoutStream']

/** Measures the cost of a log call for the main thread of a rank whose parent collects the lines. */
const collected: Group = {
  title: 'A call in a rank, through the collector',
  program: './collected-call.js',
  about: `Each sample is a rank of its own, whose parent collects the lines and writes to /dev/null; pino/file writes a file. Wall: time that
the caller spends in the call. Main: CPU time of the rank's main thread, including its work between calls. CPU: of all threads of the rank,
until the last byte is written. Between bursts of 100 calls the logger is flushed. Three processes share two cores, so the wall time also
depends on the collector. Ratios: median over the pairs [95 % interval]. A logger compared with itself is the A/A control.`,
  place: { rank: 0, worldSize: 2 },
  plain: ['pino/file'],
  others: logged,
  pause: 'flush',
  goal: { calls: logged, max: 1, figure: 'main' },
}

const flatOut: Group = {
  ...collected,
  title: 'The same as fast as it can, without a pause',
  pause: 'turn',
  goal: { calls: logged, max: 0.85, figure: 'main' },
}

/** Measures what it costs to merge the lines of all ranks to one stdout. */
export async function run(settings: Settings): Promise<Table[]> {
  const { pairs, records, dir, onProgress } = settings
  if (spawnSync('cc', ['-O2', '-o', join(dir, 'replay'), source], { stdio: 'inherit' }).status !== 0)
    return [
      { title: '8 ranks on one stdout', about: 'Not measured: it needs a C compiler (cc) for the ranks.', rows: [] },
    ]
  const ours = (ranks: number, rate: number, lines: number): Cell => ({ tool: 'ranklog run', ranks, rate, lines })
  const measure = (cell: Cell) => sample(cell, dir)
  const long = { ...settings, pairs: 2 * pairs, calls: 4 * settings.calls } // each sample starts three processes, so it must be longer
  const table = async (title: string, cells: Cell[], rounds: number, row: (row: Row) => Table['rows'][number]) => {
    const samples = await interleave(cells, rounds, measure, (round) =>
      onProgress(`${title}: round ${round} of ${rounds}`),
    )
    return { title, about, rows: cells.map((cell) => row(new Compared(cell, samples))) }
  }
  const first = ours(8, 0, records)
  const fast = [first, ...runRivals().map((tool): Cell => ({ ...first, tool })), ours(8, 0, records)]
  const sparse = ours(8, 20, 100)
  const paced = [ours(8, 50_000, Math.min(records, 250_000)), sparse, { ...sparse, tool: ownWindow }]
  const sizes = [8, 64, 256].flatMap((ranks) => [ours(ranks, 0, Math.ceil((8 * records) / ranks)), ours(ranks, 20, 60)])
  return [
    await table('8 ranks as fast as they can', fast, pairs, (row) => ({
      ...figuresOf(row),
      ratio: row.cell === first ? null : row.ratio(first, 'linesPerSecond'),
      goal: row.cell === first ? `≥ 1.5 M: ${row.median('linesPerSecond') >= 1.5e6 ? 'met' : 'missed'}` : '',
    })),
    await table('At a pace', paced, Math.ceil(pairs / 2), (row) => ({
      'lines/s of a rank': row.cell.rate,
      ...figuresOf(row),
      goal: paceGoal(row),
    })),
    await table('Memory', sizes, Math.ceil(pairs / 4), (row) => ({
      ranks: row.cell.ranks,
      'lines/s of a rank': row.cell.rate === 0 ? 'all it can' : String(row.cell.rate),
      'RSS MB': row.median('rss'),
      goal: goalOf(row),
    })),
    await nodeRanksTable(settings),
    await orderTable(settings),
    await callTable(collected, long),
    await callTable(flatOut, long),
  ]
}

type Row = Compared<Cell, Sample>

function goalOf(row: Row): string {
  const maxMB = 64 + (0.256 * row.cell.ranks * 1024) / 1000
  return `≤ ${Math.round(maxMB)}: ${row.median('rss') <= maxMB ? 'met' : 'missed'}`
}

function paceGoal(row: Row): string {
  const { rate, ranks, lines, tool } = row.cell
  const maxMs = 20 + (tool === ownWindow ? ownWindowMs : 20)
  if (rate <= 20) return `p99 ≤ ${maxMs} ms: ${row.median('p99') <= maxMs ? 'met' : 'missed'}`
  const isMet = row.median('p50') <= 2 && row.median('p99') <= 40 && row.median('inversions') <= ranks * lines * 0.001
  return `p50 ≤ 2, p99 ≤ 40 ms, behind ≤ 0.1 %: ${isMet ? 'met' : 'missed'}`
}

function figuresOf(row: Row): Table['rows'][number] {
  return {
    tool: row.cell.tool,
    'lines/s': Math.round(row.median('linesPerSecond')),
    torn: row.total('torn'),
    lost: row.total('lost'),
    disordered: row.total('disordered'),
    'behind %': (100 * row.median('inversions')) / (row.cell.lines * row.cell.ranks),
    'p50 ms': row.median('p50'),
    'p99 ms': row.median('p99'),
    'RSS MB': row.median('rss'),
  }
}

async function sample({ tool, ranks, rate, lines }: Cell, dir: string): Promise<Sample> {
  const replay = join(dir, 'replay')
  const command = `/usr/bin/env time -f '${timeFormat}' bash --norc -c '${runTools[tool]}' bash "$0" write ${rate} ${lines} | "$0" read`
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, N: String(ranks) }
  const finished = await runCommand(['bash', '--norc', '-c', command, replay], { name: tool, env })
  const { lines: found, torn, outOfOrder, inversions, seconds, p50, p99 } = JSON.parse(finished.stdout)
  return {
    linesPerSecond: found / seconds,
    torn,
    lost: ranks * lines - (found - torn),
    disordered: outOfOrder,
    inversions,
    p50,
    p99,
    rss: rssOf(finished),
  }
}
