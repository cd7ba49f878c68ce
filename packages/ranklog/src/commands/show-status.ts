import { writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { RankSet } from 'pino-rank/sink'
import type { Given, Io } from '../cli/index.ts'
import { InputError, readCount, readRanks } from '../cli/index.ts'
import { type Found, findLogs, isSelected, refuseInput, selectSources, TimeNames, timeReports } from '../files/index.ts'
import { hasColors } from '../terminal/index.ts'
import { type JobRun, presentRuns, runsOf } from './job-runs.ts'
import { jobStatus, type RankStatus } from './job-status.ts'
import { plotSteps } from './plot-steps.ts'
import { oneTailPerRank } from './rank-logs.ts'
import { type RankTail, rankTail } from './rank-tail.ts'
import { statusTable } from './status-table.ts'

/** Maximum number of logs that a report names. */
const maxNamed = 3

/** The state of the logs at one moment. */
interface Snapshot {
  /** The runs to show. */
  runs: { run: JobRun; rows: RankStatus[] }[]
  /** Messages for the user about logs that are not shown, or only in part. */
  reports: string[]
  /** True if a log or a manifest could not be read. */
  isFailed: boolean
}

/** Runs `ranklog status` and returns the exit code. @throws {InputError} */
export async function showStatus({ options, paths }: Given, { stdout, stderr, env }: Io): Promise<number> {
  if (paths.length === 0) throw new InputError('status: no path', 'give the folder of a run: ranklog status logs/')
  const seconds = readCount('every', options.every, 2, 1, 86_400)
  const ranks = readRanks(options.ranks)
  const names = new TimeNames((options.time as string[] | undefined) ?? [])
  const warn = (what: string) => void stderr.report(`ranklog status: ${what}`)
  const { sources } = options.watch ? await waitForLogs(paths, warn) : await findLogs(paths)
  if (ranks && selectSources(sources, ranks).length === 0)
    throw new InputError('status: no such rank in these logs', 'check --ranks')
  names.check(sources)
  const files = sources.flatMap(({ files }) => files)
  refuseInput('status: stdout', 1, files)
  if (typeof options.plot === 'string') refuseInput(`--plot: ${options.plot}`, options.plot, files)
  const look = async () => readStatus(await findLogs(paths), { names, ranks, isAll: options.all === true })
  const reported = new Set<string>()
  let isPlotted = true
  for (let isFirst = true; ; isFirst = false) {
    const { runs, reports, isFailed } = await look()
    const layout = { columns: stdout.columns, colors: hasColors(stdout, env) }
    const tables = runs.map(({ run, rows }) => statusTable(rows, runs.length > 1 ? headingOf(run) : undefined, layout))
    const hidden = options.json ? [] : [...new Set(tables.flatMap(({ hidden }) => hidden))]
    if (hidden.length > 0)
      reports.push(
        `columns left out of the ${layout.columns} columns of the terminal: ${hidden.join(', ')}; --json has all`,
      )
    for (const report of reports) {
      const key = report.replace(/\d+/g, '') // the same report with other counts is not repeated
      if (!reported.has(key)) warn(report)
      reported.add(key)
    }
    if (isFirst && typeof options.plot === 'string') {
      const tails = runs.flatMap(({ run }) => oneTailPerRank(run.tails))
      const plot = await plotSteps(tails, names, ({ path, error }) => {
        isPlotted = false
        warn(`${path}: ${error.message}; the plot lacks the rest of this file`)
      })
      writeFileSync(options.plot, plot)
    }
    const lines = tables.flatMap(({ lines }, at) => (at === 0 ? lines : ['', ...lines]))
    const hasReader = await (options.json
      ? stdout.json(runs.flatMap(({ rows }) => rows))
      : options.watch
        ? stdout.page(lines)
        : stdout.lines(lines))
    if (!options.watch || !hasReader) return isFailed || !isPlotted ? 1 : 0
    await pause(1000 * seconds)
  }
}

/** Interval at which {@link waitForLogs} looks for logs, in ms. */
const waitMs = 500

/** Waits until there are logs. Reports once why there are none. @throws an error that waiting cannot fix */
async function waitForLogs(paths: readonly string[], warn: (what: string) => void): ReturnType<typeof findLogs> {
  for (let reason: string | undefined; ; ) {
    try {
      return await findLogs(paths)
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      if (error.message !== reason) warn(`${error.message}; status waits for logs`)
      reason = error.message
    }
    await pause(waitMs)
  }
}

interface StatusOptions {
  names: TimeNames
  /** Undefined: all ranks, and logs without a rank. */
  ranks: RankSet | undefined
  /** True: also show runs that ended before the latest run began. */
  isAll: boolean
}

async function readStatus({ sources, problems }: Found, { names, ranks, isAll }: StatusOptions): Promise<Snapshot> {
  const reports: string[] = [...problems]
  const tails: RankTail[] = []
  for (const source of sources) {
    try {
      tails.push(await rankTail(source, names.of(source)))
    } catch (error) {
      reports.push(`${(error as Error).message}; it is left out`)
    }
  }
  const isFailed = tails.length < sources.length || problems.length > 0
  const all = runsOf(tails)
  const shown = isAll ? all : presentRuns(all)
  const earlier = all.filter((run) => !shown.includes(run)).flatMap(({ tails }) => tails)
  if (earlier.length > 0) reports.push(earlierReport(earlier))
  const times = shown.flatMap(({ tails }) =>
    tails.map(({ source, time, untimed }) => {
      return { source, name: names.of(source), untimed, hasTime: time !== undefined || untimed === 0 }
    }),
  )
  reports.push(...timeReports(times, 'its row has no time and no step'))
  const now = Date.now()
  const runs = shown.map((run) => {
    const tails = oneTailPerRank(run.tails)
    const rows = jobStatus(tails, now)
      .filter((_, at) => !ranks || isSelected((tails[at] as RankTail).source, ranks))
      .map((row) => (shown.length > 1 ? { ...row, run: headingOf(run) } : row))
    return { run, rows }
  })
  return { runs: runs.filter(({ rows }) => rows.length > 0), reports, isFailed }
}

function earlierReport(earlier: readonly RankTail[]): string {
  const names = earlier.slice(0, maxNamed).map(({ source }) => basename(source.files.at(-1) as string))
  const more = earlier.length > maxNamed ? ` and ${earlier.length - maxNamed} more` : ''
  const isOne = earlier.length === 1
  return `${names.join(', ')}${more} ${isOne ? 'is' : 'are'} of an earlier run and left out; --all shows ${isOne ? 'it' : 'them'}`
}

/** Returns the heading of a run: its run key and its start. */
function headingOf({ key, tails }: JobRun): string {
  const start = Math.min(...tails.map((tail) => tail.start()))
  return `${key === undefined ? '' : `${key}, `}from ${new Date(start).toISOString().slice(0, 19)}Z`
}
