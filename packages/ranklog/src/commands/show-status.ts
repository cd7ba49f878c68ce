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

/** How many logs a report names. */
const maxNamed = 3

interface Look {
  /** Of the runs that are shown. */
  runs: { run: JobRun; rows: RankStatus[] }[]
  /** What the user must know about logs that are not shown, or only in part. */
  reports: string[]
  isFailed: boolean
}

/** Runs `ranklog status`. @returns the exit code @throws {InputError} */
export async function showStatus({ options, paths }: Given, { stdout, stderr, env }: Io): Promise<number> {
  if (paths.length === 0) throw new InputError('status: no path', 'name the folder of a run: ranklog status logs/')
  const seconds = readCount('every', options.every, 2, 1, 86_400)
  const ranks = readRanks(options.ranks)
  const names = new TimeNames((options.time as string[] | undefined) ?? [])
  const warn = (what: string) => void stderr.report(`ranklog status: ${what}`)
  const { sources } = options.watch ? await waitForLogs(paths, warn) : await findLogs(paths)
  if (ranks && selectSources(sources, ranks).length === 0)
    throw new InputError('status: no such rank in these logs', 'look at --ranks')
  names.check(sources)
  const files = sources.flatMap(({ files }) => files)
  refuseInput('status: stdout', 1, files)
  if (typeof options.plot === 'string') refuseInput(`--plot: ${options.plot}`, options.plot, files)
  const look = async () => lookAt(await findLogs(paths), { names, ranks, isAll: options.all === true })
  const reported = new Set<string>()
  let isPlotted = true
  for (let isFirst = true; ; isFirst = false) {
    const { runs, reports, isFailed } = await look()
    const layout = { columns: stdout.columns, colors: hasColors(stdout, env) }
    const tables = runs.map(({ run, rows }) => statusTable(rows, runs.length > 1 ? headingOf(run) : undefined, layout))
    const hidden = options.json ? [] : [...new Set(tables.flatMap(({ hidden }) => hidden))]
    if (hidden.length > 0)
      reports.push(`${layout.columns} columns have no room for ${hidden.join(', ')}: --json has all`)
    for (const report of reports) {
      const key = report.replace(/\d+/g, '') // counts grow
      if (!reported.has(key)) warn(report)
      reported.add(key)
    }
    if (isFirst && typeof options.plot === 'string') {
      const tails = runs.flatMap(({ run }) => oneTailPerRank(run.tails))
      const plot = await plotSteps(tails, names, ({ path, error }) => {
        isPlotted = false
        warn(`${path}: ${error.message}; --plot lacks the rest of it`)
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

/** How often {@link waitForLogs} looks, in ms. */
const waitMs = 500

/** Waits until there are logs. The reason why there are none is reported once. @throws what is no reason to wait */
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

interface LookOptions {
  names: TimeNames
  /** @default all, and logs of no rank */
  ranks: RankSet | undefined
  /** True: runs that have ended before the latest began are shown, too. */
  isAll: boolean
}

async function lookAt({ sources, problems }: Found, { names, ranks, isAll }: LookOptions): Promise<Look> {
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
  return `${names.join(', ')}${more} ${isOne ? 'is' : 'are'} of an earlier run and left out; --all shows ${isOne ? 'it' : 'them'}, too`
}

/** Returns the heading of a run: its key, and when it began. */
function headingOf({ key, tails }: JobRun): string {
  const start = Math.min(...tails.map((tail) => tail.start()))
  return `${key === undefined ? '' : `${key}, `}from ${new Date(start).toISOString().slice(0, 19)}Z`
}
