import { median } from './median.ts'
import { doRanksWait, inOrder, usualIntervalMs } from './waiting-ranks.ts'

/** The steps of a rank, with the time of each in ms since 1970. */
export interface RankSteps {
  /** The furthest step. */
  step: number | undefined
  steps: ReadonlyMap<number, number>
}

/** How the steps of a rank compare to those of the other ranks. */
export interface StepComparison {
  /** Mean time of a step, in ms. */
  stepMs: number | undefined
  /** Usual time between the steps that it logged, in ms. */
  intervalMs: number | undefined
  /** How much later than the first rank it logged the steps that both logged, in ms: the median. */
  lagMs: number | undefined
  /** Steps behind the furthest rank. */
  behind: number | undefined
  isStraggler: boolean
}

/** The lag of a straggler is larger than the smallest lag by at least this much, in ms and in steps. */
const minLagMs = 50
const minLagSteps = 0.1

/** In a job whose ranks do not wait, the step time of a straggler is at least this multiple of the median. */
const minSlowness = 1.2

/** A rank has stopped if it logged no step for this time, in ms and in its usual intervals, while others continued. */
const minPauseMs = 1000
const minPauseIntervals = 3

/**
 * Compares the steps of a job's ranks and finds stragglers.
 *
 * - If the ranks wait for each other at each step, all make the same number of steps a second. The straggler is the rank that
 *   logs them last: its lag is the largest and much larger than the smallest.
 * - If the ranks do not wait, the lag means nothing. A straggler is slower than most ranks and at least two steps behind.
 * - In any job, a rank straggles if it has stopped and is at least two steps behind.
 */
export function compareSteps(ranks: readonly RankSteps[]): StepComparison[] {
  const firsts = new Map<number, number>()
  for (const { steps } of ranks)
    for (const [step, time] of steps) firsts.set(step, Math.min(time, firsts.get(step) ?? Infinity))
  const furthest = ranks.reduce((max, { step = -Infinity }) => Math.max(max, step), -Infinity)
  const latest = ranks.reduce((last, { steps }) => Math.max(last, lastTime(steps)), -Infinity)
  const all = ranks.map(({ step, steps }) => ({
    steps,
    stepMs: stepMsOf(steps),
    intervalMs: usualIntervalMs(steps),
    lagMs: median([...steps].map(([step, time]) => time - (firsts.get(step) as number))),
    behind: step === undefined ? undefined : furthest - step,
  }))
  const usualMs = median(all.flatMap(({ stepMs }) => stepMs ?? []))
  const lags = all.map(({ lagMs }) => lagMs)
  const last = lastRank(lags)
  const smallestMs = lags.reduce<number>((min, lag = Infinity) => Math.min(min, lag), Infinity)
  const signs = all.map(({ steps, stepMs, intervalMs, behind }, rank) => {
    const isBehind = behind !== undefined && behind >= 2
    const lateMs = rank === last ? (lags[rank] as number) - smallestMs : 0
    return {
      isLate: lateMs > minLagMs && lateMs > minLagSteps * (usualMs ?? Infinity),
      isSlow: isBehind && stepMs !== undefined && usualMs !== undefined && stepMs > minSlowness * usualMs,
      hasStopped: isBehind && latest - lastTime(steps) > Math.max(minPauseMs, minPauseIntervals * (intervalMs ?? 0)),
    }
  })
  const isDecisive = last !== undefined && signs.some(({ isLate, isSlow }) => isLate || isSlow)
  const doWait =
    isDecisive &&
    doRanksWait(
      ranks.map(({ steps }) => steps),
      lags,
      last,
    )
  return all.map(({ stepMs, intervalMs, lagMs, behind }, rank) => {
    const { isLate, isSlow, hasStopped } = signs[rank] as (typeof signs)[0]
    return { stepMs, intervalMs, lagMs, behind, isStraggler: hasStopped || (doWait ? isLate : isSlow) }
  })
}

/** Returns the rank with the largest lag; undefined if fewer than two ranks have a lag. */
function lastRank(lags: readonly (number | undefined)[]): number | undefined {
  const known = lags.filter((lag) => lag !== undefined)
  return known.length < 2 ? undefined : lags.indexOf(known.reduce((max, lag) => Math.max(max, lag), -Infinity))
}

function lastTime(steps: ReadonlyMap<number, number>): number {
  let last = -Infinity
  for (const time of steps.values()) last = Math.max(last, time)
  return last
}

/** Returns the mean time of a step over the whole tail. A rank may log only every n-th step. */
function stepMsOf(steps: ReadonlyMap<number, number>): number | undefined {
  if (steps.size < 2) return undefined
  const all = inOrder(steps)
  const [first, last] = [all[0], all.at(-1)] as [[number, number], [number, number]]
  return (last[1] - first[1]) / (last[0] - first[0])
}
