import type { RankTail } from './rank-tail.ts'

/** The logs of one run. */
export interface JobRun {
  /** The run key. Undefined if no manifest has one. */
  key: string | undefined
  tails: RankTail[]
}

/**
 * Maximum time from the last line of a rank to the first line of another rank of the same run, in ms:
 * - `gone`: if the rank's process has ended.
 * - `unknown`: if its process cannot be seen, so that the rank may only be quiet.
 * - `sameKey`: if its manifest has its exit, and both logs have the same run key. In a short job some ranks end before others start.
 */
const maxPauseMs = { gone: 2000, unknown: 60_000, sameKey: 10_000 }

/**
 * Divides logs into runs and returns the latest run first. Logs with different run keys belong to different runs. So do logs
 * of which one ended before the others began, because all ranks of a job run at the same time. A log without a run key belongs
 * to the latest run that was written at the same time.
 */
export function runsOf(tails: readonly RankTail[]): JobRun[] {
  const keys = new Set(tails.map(runKeyOf).filter((key) => key !== undefined))
  const runs = [...keys].flatMap((key) =>
    runsOfKey(
      tails.filter((tail) => runKeyOf(tail) === key),
      key,
    ),
  )
  for (const run of runsOfKey(
    tails.filter((tail) => runKeyOf(tail) === undefined),
    undefined,
  )) {
    const sameTime = runs.filter(({ key }) => key !== undefined).find((other) => overlaps(run, other))
    if (sameTime) sameTime.tails.push(...run.tails)
    else runs.push(run)
  }
  for (const run of runs) run.tails = tails.filter((tail) => run.tails.includes(tail)) // in the order of `tails`
  return runs.sort((a, b) => endOf(b) - endOf(a))
}

/** Returns the first run, which is the latest, and those that were still running when it began. */
export function presentRuns([latest, ...others]: readonly JobRun[]): JobRun[] {
  return latest ? [latest, ...others.filter((run) => overlaps(run, latest) || run.tails.some(isRunning))] : []
}

function isRunning(tail: RankTail): boolean {
  return tail.processState() === 'running'
}

function runKeyOf({ manifest }: RankTail): string | undefined {
  return manifest?.runKey
}

function runsOfKey(tails: readonly RankTail[], key: string | undefined): JobRun[] {
  const runs: JobRun[] = []
  for (const tail of tails.toSorted((a, b) => b.end - a.end)) {
    const run = runs.at(-1)
    if (run && overlapsRun(tail, run)) run.tails.push(tail)
    else runs.push({ key, tails: [tail] })
  }
  return runs
}

/** Reports whether a log was still written when a run began. The log must have ended no later than the run. */
function overlapsRun(tail: RankTail, run: JobRun): boolean {
  const { end, exit = 'unknown' } = tail
  const state = tail.processState()
  if (state === 'running') return true
  const pauseAfterExitMs = run.key === undefined ? 0 : maxPauseMs.sameKey
  const since = end + (exit === 'unknown' ? maxPauseMs[state] : pauseAfterExitMs)
  return run.tails.some(({ startedBy }) => since >= startedBy) || since >= startOf(run)
}

function overlaps(a: JobRun, b: JobRun): boolean {
  const [earlier, later] = endOf(a) < endOf(b) ? [a, b] : [b, a]
  return endOf(earlier) >= startOf(later)
}

function startOf({ tails }: JobRun): number {
  return tails.reduce((first, tail) => Math.min(first, tail.start()), Infinity)
}

function endOf({ tails }: JobRun): number {
  return tails.reduce((last, { end }) => Math.max(last, end), -Infinity)
}
