import type { Round } from '../results/index.ts'
import { mean, quantiles } from '../stats/index.ts'
import type { RankReport } from './rank-job.ts'
import type { JobSample } from './run-job.ts'

/** Maximum number of steps in a round's timeline. */
const maxTimeline = 40

/**
 * Returns the figures of a job. The barrier loss is the mean time in the barrier. The suite later subtracts the time that the
 * same barrier takes without logging.
 *
 * @param maxSample maximum number of step times in the sample
 */
export function roundOf({ reports, found, bytes, torn, twice, logged }: JobSample, maxSample: number): Round {
  const steps = concatArrays(reports.map(({ step }) => step))
  const [p50, p95, p99, max] = quantiles(steps, [0.5, 0.95, 0.99, 1]) as [number, number, number, number]
  const [stallRank0, ...others] = reports.map(({ stall }) => meanOf(stall)) as [number, ...number[]]
  const own = reports[0] as RankReport
  const maxOf = (figure: 'longestCall' | 'rss' | 'wallMs') => Math.max(...reports.map((report) => report[figure]))
  const total = (figure: 'contextSwitches' | 'cpuMs') => reports.reduce((sum, report) => sum + report[figure], 0)
  const measured = own.allSteps === 0 ? 0 : own.step.length / own.allSteps
  return {
    steps: own.step.length,
    p50,
    p95,
    p99,
    max,
    stallRank0,
    stallOthers: others.length === 0 ? null : mean(others),
    longestCall: maxOf('longestCall'),
    barrierLoss: mean(reports.map(({ barrier }) => meanOf(barrier))),
    linesPerSecond: (found * measured * 1000) / maxOf('wallMs'),
    bytes,
    writeCalls: reports.some(({ writeCalls }) => writeCalls === null)
      ? null
      : reports.reduce((sum, { writeCalls }) => sum + (writeCalls ?? 0), 0),
    contextSwitches: total('contextSwitches'),
    cpu: total('cpuMs') / own.step.length,
    rss: maxOf('rss'),
    logged,
    found,
    torn,
    lost: logged - found,
    twice,
    sample: sampleOf(steps, maxSample),
    timeline: timelineOf(reports, own.step.length),
  }
}

/** Returns the steps around the longest step of any rank. */
function timelineOf(reports: readonly RankReport[], steps: number): [number, number, number, number][][] {
  const slowest = Float64Array.from({ length: steps }, (_, at) =>
    Math.max(...reports.map(({ step }) => step[at] as number)),
  )
  const longest = slowest.indexOf(slowest.reduce((a, b) => Math.max(a, b), 0))
  const from = Math.max(0, Math.min(longest - maxTimeline / 2, steps - maxTimeline))
  const to = Math.min(steps, from + maxTimeline)
  const origin = Math.min(...reports.map(({ start }) => start[from] as number))
  return reports.map(({ start, work, stall, barrier }) =>
    Array.from({ length: to - from }, (_, at) => {
      const figures = [(start[from + at] as number) - origin, work[from + at], stall[from + at], barrier[from + at]]
      return figures.map(round) as [number, number, number, number]
    }),
  )
}

/** Returns up to `max` values at equal distances. */
function sampleOf(values: Float64Array, max: number): number[] {
  const length = Math.min(max, values.length)
  return Array.from({ length }, (_, at) => round(values[Math.floor((at * values.length) / length)]))
}

/** Rounds to 0.1 µs, so that the file of results stays small. */
function round(ms = Number.NaN): number {
  return Math.round(ms * 1e4) / 1e4
}

function concatArrays(arrays: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(arrays.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const array of arrays) {
    all.set(array, at)
    at += array.length
  }
  return all
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
