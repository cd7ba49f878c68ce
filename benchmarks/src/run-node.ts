import { closeSync, openSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { interleave } from '../../packages/ranklog-bench/dist/suite/interleave.js'
import { cpuOf, runCommand, timed } from './command.ts'
import { Compared } from './compared.ts'
import { type LineOrder, lineOrderOf } from './line-order.ts'
import { ownWindow, runRivals, runTools } from './run-tools.ts'
import type { Settings } from './settings.ts'
import type { Table } from './table.ts'

interface Cell {
  /** How the ranks log: an argument of `pino-loop`. */
  logger: 'pino()' | 'pino/file'
  /** The tool that merges their stdout. */
  tool: string
  baseline?: Cell
}

interface Sample extends LineOrder {
  linesPerSecond: number
  lost: number
  /** Duration of the whole job, with its start. */
  seconds: number
  /** User and system time of the ranks and the tool, in s. */
  cpu: number
}

const program = fileURLToPath(new URL('./pino-loop.js', import.meta.url))
const ranks = 8
const maxLines = 20_000
const noTool = 'no tool: all ranks to the file'

const about = `Ranks are Node programs that log with plain pino in a loop, as fast as they can: with \`pino()\`, and with \`pino/file\` to fd 1, which
writes from a worker thread. Every 97th line has 5 kB. The tool's stdout is a file. Lines/s: from the time of the first line until the
last process has exited. CPU: of the ranks and the tool, with their start. Torn: pieces that are not a whole line. Disordered: lines that
do not follow the previous line of their rank. These, and lost lines: of all rounds. Behind: share of the lines that are after a line of
any rank with a later time. Ratio: of lines/s to "${ownWindow}", median over the pairs [95 % interval]. A/A: the same cell again, as the
control.`

/** Measures tools that merge the stdout of ranks in Node, which log as fast as they can. */
export async function nodeRanksTable({ pairs, records, dir, onProgress }: Settings): Promise<Table> {
  const title = `${ranks} ranks of plain pino as fast as they can`
  const lines = Math.min(records, maxLines)
  const cells = (['pino()', 'pino/file'] as const).flatMap(cellsOf)
  const samples = await interleave(
    cells,
    pairs,
    (cell) => sample(cell, lines, join(dir, 'ranks.log')),
    (round) => onProgress(`${title}: round ${round} of ${pairs}`),
  )
  return { title, about, rows: cells.map((cell) => rowOf(new Compared(cell, samples), lines)) }
}

function cellsOf(logger: Cell['logger']): Cell[] {
  const ours: Cell = { logger, tool: ownWindow }
  const others = [noTool, ...runRivals()].map((tool): Cell => ({ logger, tool, baseline: ours }))
  return [ours, ...others, { ...ours, baseline: ours }]
}

function rowOf(row: Compared<Cell, Sample>, lines: number): Table['rows'][number] {
  const { logger, tool, baseline } = row.cell
  return {
    logger,
    tool: baseline?.tool === tool ? `${tool} (A/A)` : tool,
    'lines/s': Math.round(row.median('linesPerSecond')),
    torn: row.total('torn'),
    lost: row.total('lost'),
    disordered: row.total('disordered'),
    'behind %': (100 * row.median('behind')) / (ranks * lines),
    'job s': row.median('seconds'),
    'CPU s': row.median('cpu'),
    ratio: row.ratio(baseline, 'linesPerSecond'),
  }
}

async function sample({ logger, tool }: Cell, lines: number, path: string): Promise<Sample> {
  const out = openSync(path, 'w')
  const rank = [process.execPath, program, `${lines}`, logger === 'pino/file' ? logger : '']
  const run = (command: readonly string[], env: NodeJS.ProcessEnv) =>
    runCommand([...timed, ...command.filter(Boolean)], { name: tool, env, stdout: out })
  const { PATH, HOME } = process.env
  const processes =
    tool === noTool
      ? Array.from({ length: ranks }, (_, at) => run(rank, { PATH, HOME, RANK: `${at}` }))
      : [run(['bash', '--norc', '-c', runTools[tool] as string, 'bash', ...rank], { PATH, HOME, N: `${ranks}` })]
  const finished = await Promise.all(processes).finally(() => closeSync(out))
  const found = lineOrderOf(readFileSync(path))
  rmSync(path)
  const exited = Math.max(...finished.map(({ exited }) => exited))
  return {
    ...found,
    lost: ranks * lines - found.lines,
    linesPerSecond: found.lines / ((exited - found.firstMs) / 1000),
    seconds: Math.max(...finished.map(({ ns }) => ns)) / 1e9,
    cpu: finished.reduce((sum, command) => sum + cpuOf(command), 0),
  }
}
