import type { RankTail } from './rank-tail.ts'

/** The logs of one run. */
export interface JobRun {
  /** Undefined if no manifest has one. */
  key: string | undefined
  tails: RankTail[]
}

/**
 * Maximum time between the last line of a rank and the first line of another rank of the same run, in ms. `gone`: the rank's process
 * has ended. `unknown`: its process cannot be seen, so the rank may only be quiet. `sameKey`: the rank wrote its exit code, and both
 * logs have the same run key; ranks of a short job start later than others end.
 */
const maxPauseMs = { gone: 2000, unknown: 60_000, sameKey: 10_000 }

/**
 * Divides logs into runs, the one that was written last first. Logs of different run keys are of different runs, and so are logs of which
 * one ended before the others began, because the ranks of a job run at the same time. Logs without a run key belong to the last run that
 * was written at the same time.
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
    const keyed = runs.filter(({ key }) => key !== undefined).find((other) => isAtOnce(run, other))
    if (keyed) keyed.tails.push(...run.tails)
    else runs.push(run)
  }
  for (const run of runs) run.tails = tails.filter((tail) => run.tails.includes(tail)) // in their order
  return runs.sort((a, b) => endOf(b) - endOf(a))
}

/** Returns the runs that went on when the first of them began. The others ended before. */
export function presentRuns([latest, ...others]: readonly JobRun[]): JobRun[] {
  return latest ? [latest, ...others.filter((run) => isAtOnce(run, latest) || run.tails.some(isRunning))] : []
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
    if (run && hasRunWith(tail, run)) run.tails.push(tail)
    else runs.push({ key, tails: [tail] })
  }
  return runs
}

/** Reports whether a log, which ended no later than a run, ended after it began. */
function hasRunWith(tail: RankTail, run: JobRun): boolean {
  const { end, exit = 'unknown' } = tail
  const state = tail.processState()
  if (state === 'running') return true
  const pauseAfterExitMs = run.key === undefined ? 0 : maxPauseMs.sameKey
  const since = end + (exit === 'unknown' ? maxPauseMs[state] : pauseAfterExitMs)
  return run.tails.some(({ startedBy }) => since >= startedBy) || since >= startOf(run)
}

function isAtOnce(a: JobRun, b: JobRun): boolean {
  const [earlier, later] = endOf(a) < endOf(b) ? [a, b] : [b, a]
  return endOf(earlier) >= startOf(later)
}

function startOf({ tails }: JobRun): number {
  return tails.reduce((first, tail) => Math.min(first, tail.start()), Infinity)
}

function endOf({ tails }: JobRun): number {
  return tails.reduce((last, { end }) => Math.max(last, end), -Infinity)
}
