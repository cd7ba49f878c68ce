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

/** What prints, and what prints how fast: a rate of 0 is as fast as it can. */
interface Cell {
  tool: string
  ranks: number
  /** Lines a second of each rank, and lines in all of it. */
  rate: number
  lines: number
}

/** What the reader found, and the largest resident set of who merged, in MB. */
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

const about = `Ranks are a replayer in C (\`src/replay.c\`): pino lines of 150 bytes, as fast as they can or a batch each half millisecond. Another
in C reads the pipe, and looks at every byte. Torn: lines that are not as they were sent. Disordered: lines that do not follow the one before
of their rank. All three: of all rounds. Behind: of all lines, those that stand behind a later one of any rank. ms: from a line's making to its reader. RSS: of the
tool's own process. The window is 20 ms, its own 250. Ratio: of lines a second, median over the pairs of a round [95 % interval].`

const logged = ['rankLogger, pino-rank-stdout', 'rankLogger, stdoutStream']

/** What the rank's main thread pays for a line that goes through a collector in its parent. */
const collected: Group = {
  title: 'A call in a rank, through the collector',
  program: './collected-call.js',
  about: `Each sample is a rank of its own, whose parent collects and writes to /dev/null; pino/file writes a file. Wall: what the caller waits
for. Main: CPU time of the rank's main thread, what it does between calls included. CPU: all threads of the rank, until the last byte is
written. Between bursts of 100 all that waits is written. Three processes share two cores: the wall time has what the collector takes of
them. Ratios: median over the pairs of a round [95 % interval]; compared with itself: the A/A control.`,
  place: { rank: 0, worldSize: 2 },
  plain: ['pino/file'],
  others: logged,
  pause: 'flush',
  goal: { calls: logged, most: 1, figure: 'main' },
}

const flatOut: Group = {
  ...collected,
  title: 'The same as fast as it can, without a pause',
  pause: 'turn',
  goal: { calls: logged, most: 0.85, figure: 'main' },
}

/** What does it cost to have the lines of all ranks on one stdout? */
export async function run(settings: Settings): Promise<Table[]> {
  const { pairs, records, dir, tell } = settings
  if (spawnSync('cc', ['-O2', '-o', join(dir, 'replay'), source], { stdio: 'inherit' }).status !== 0)
    return [{ title: '8 ranks on one stdout', about: 'Not measured: there is no C compiler for the ranks.', rows: [] }]
  const ours = (ranks: number, rate: number, lines: number): Cell => ({ tool: 'ranklog run', ranks, rate, lines })
  const measure = (cell: Cell) => sample(cell, dir)
  const long = { ...settings, pairs: 2 * pairs, calls: 4 * settings.calls } // three processes start in each
  const table = async (title: string, cells: Cell[], rounds: number, row: (row: Row) => Table['rows'][number]) => {
    const samples = await interleave(cells, rounds, measure, (round) => tell(`${title}: round ${round} of ${rounds}`))
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
  const most = 64 + (0.256 * row.cell.ranks * 1024) / 1000
  return `≤ ${Math.round(most)}: ${row.median('rss') <= most ? 'met' : 'missed'}`
}

function paceGoal(row: Row): string {
  const { rate, ranks, lines, tool } = row.cell
  const mostMs = 20 + (tool === ownWindow ? ownWindowMs : 20)
  if (rate <= 20) return `p99 ≤ ${mostMs} ms: ${row.median('p99') <= mostMs ? 'met' : 'missed'}`
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
