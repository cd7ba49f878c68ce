import { writeFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { escapeLine } from 'pino-rank/sink'
import type { Given, Io, Line } from '../cli/index.ts'
import { InputError, readCount } from '../cli/index.ts'
import { findLogs, refuseInput } from '../files/index.ts'
import { hasColors } from '../terminal/index.ts'
import { jobStatus, type RankStatus } from './job-status.ts'
import { plotSteps } from './plot-steps.ts'
import { type RankTail, rankTail } from './rank-tail.ts'

/** Runs `ranklog status`. @returns the exit code @throws {InputError} */
export async function showStatus({ options, paths }: Given, { stdout, stderr, env }: Io): Promise<number> {
  if (paths.length === 0) throw new InputError('status: no path', 'name the folder of a run: ranklog status logs/')
  const seconds = readCount('every', options.every, 2, 1, 86_400)
  const { sources } = await findLogs(paths)
  const files = sources.flatMap(({ files }) => files)
  refuseInput('status: stdout', 1, files)
  if (typeof options.plot === 'string') {
    refuseInput(`--plot: ${options.plot}`, options.plot, files)
    writeFileSync(options.plot, await plotSteps(sources))
  }
  const look = async () => {
    const tails: RankTail[] = []
    let failed = 0
    for (const source of (await findLogs(paths)).sources) {
      try {
        tails.push(rankTail(source))
      } catch (error) {
        failed++
        stderr.report(`ranklog status: ${(error as Error).message}; it is left out`)
      }
    }
    return { rows: jobStatus(tails, Date.now()), failed }
  }
  const colors = hasColors(stdout, env)
  for (;;) {
    const { rows, failed } = await look()
    const hasReader = await (options.json
      ? stdout.json(rows)
      : options.watch
        ? stdout.page(tableOf(rows, colors))
        : stdout.lines(tableOf(rows, colors)))
    if (!options.watch || !hasReader) return failed > 0 ? 1 : 0
    await pause(1000 * seconds)
  }
}

const columns: [name: string, of: (row: RankStatus) => string | number | undefined][] = [
  ['rank', ({ rank }) => rank],
  ['state', ({ state }) => state],
  ['step', ({ step }) => step],
  ['behind', ({ behind }) => behind],
  ['steps/s', ({ stepsPerSecond }) => stepsPerSecond],
  ['lag ms', ({ lagMs }) => lagMs],
  ['last', ({ ageSeconds }) => (ageSeconds === undefined ? undefined : ago(ageSeconds))],
  ['errors', ({ errors }) => errors],
  ['torn', ({ torn }) => torn],
  ['gaps', ({ gaps }) => gaps],
  ['drops', ({ drops }) => drops],
  ['exit', ({ exit }) => exit],
  ['attempt', ({ attempt }) => attempt],
  ['host', ({ host }) => host],
]

function ago(seconds: number): string {
  for (const [unit, length] of units) if (seconds >= 2 * length) return `${Math.floor(seconds / length)} ${unit} ago`
  return `${seconds} s ago`
}

const units: [string, number][] = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
]

const marked: Partial<Record<RankStatus['state'], string>> = { straggles: '\x1b[38;5;208m', silent: '\x1b[38;5;168m' }

/** Columns that no rank has are left out. */
function tableOf(rows: readonly RankStatus[], colors: boolean): Line[] {
  const shown = columns.filter(([, of]) => rows.some((row) => of(row) !== undefined))
  const cells = rows.map((row) => shown.map(([, of]) => cellText(of(row))))
  const widths = shown.map(([name], at) => Math.max(name.length, ...cells.map((row) => (row[at] as string).length)))
  const line = (row: readonly string[]) =>
    row
      .map((cell, at) => (at < 2 ? cell.padEnd(widths[at] as number) : cell.padStart(widths[at] as number)))
      .join('  ')
      .trimEnd()
  const body = cells.map((row, at) => {
    const color = colors ? marked[(rows[at] as RankStatus).state] : undefined
    return { text: line(row), color }
  })
  return [line(shown.map(([name]) => name)), ...body]
}

/** Returns a cell of one line without tabs, as wide as it is shown. */
function cellText(value: string | number | undefined): string {
  return escapeLine(String(value ?? '–')).replaceAll('\t', '\\t')
}
