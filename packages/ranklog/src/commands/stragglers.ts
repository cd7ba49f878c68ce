import { median } from './median.ts'
import { doRanksWait, inOrder, usualIntervalMs } from './waiting-ranks.ts'

/** The steps of a rank, with the time of each in ms since 1970. */
export interface RankSteps {
  /** The furthest. */
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

/** How much larger the lag of a straggler is than that of the first rank, in ms and in steps. */
const minLagMs = 50
const minLagSteps = 0.1

/** In a job whose ranks do not wait, a straggler needs so much more time for a step than most. */
const minSlowness = 1.2

/** A rank has stopped if it has logged no step for this time, in ms and in its usual intervals, while others went on. */
const minPauseMs = 1000
const minPauseIntervals = 3

/**
 * Compares the steps of a job's ranks. Where ranks wait for each other, all have the same steps a second, and the straggler is the last
 * to log them: its lag is the largest, by 50 ms and by a tenth of a step above the smallest. Where they do not wait, a lag says nothing: the
 * straggler is slower than most ranks, and behind. A rank that has stopped while others went on by two steps straggles in any job.
 */
export function compareSteps(ranks: readonly RankSteps[]): StepComparison[] {
  const firsts = new Map<number, number>()
  for (const { steps } of ranks)
    for (const [step, time] of steps) firsts.set(step, Math.min(time, firsts.get(step) ?? Infinity))
  const furthest = ranks.reduce((most, { step = -Infinity }) => Math.max(most, step), -Infinity)
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
  const smallestMs = lags.reduce<number>((least, lag = Infinity) => Math.min(least, lag), Infinity)
  const found = all.map(({ steps, stepMs, intervalMs, behind }, rank) => {
    const isBehind = behind !== undefined && behind >= 2
    const lateMs = rank === last ? (lags[rank] as number) - smallestMs : 0
    return {
      isLate: lateMs > minLagMs && lateMs > minLagSteps * (usualMs ?? Infinity),
      isSlow: isBehind && stepMs !== undefined && usualMs !== undefined && stepMs > minSlowness * usualMs,
      hasStopped: isBehind && latest - lastTime(steps) > Math.max(minPauseMs, minPauseIntervals * (intervalMs ?? 0)),
    }
  })
  const isDecisive = last !== undefined && found.some(({ isLate, isSlow }) => isLate || isSlow)
  const doWait =
    isDecisive &&
    doRanksWait(
      ranks.map(({ steps }) => steps),
      lags,
      last,
    )
  return all.map(({ stepMs, intervalMs, lagMs, behind }, rank) => {
    const { isLate, isSlow, hasStopped } = found[rank] as (typeof found)[0]
    return { stepMs, intervalMs, lagMs, behind, isStraggler: hasStopped || (doWait ? isLate : isSlow) }
  })
}

/** Returns the rank with the largest lag. Undefined if fewer than two ranks have one. */
function lastRank(lags: readonly (number | undefined)[]): number | undefined {
  const known = lags.filter((lag) => lag !== undefined)
  return known.length < 2 ? undefined : lags.indexOf(known.reduce((most, lag) => Math.max(most, lag), -Infinity))
}

function lastTime(steps: ReadonlyMap<number, number>): number {
  let last = -Infinity
  for (const time of steps.values()) last = Math.max(last, time)
  return last
}

/** Returns the time of a step, over the whole tail: records may come every ten steps. */
function stepMsOf(steps: ReadonlyMap<number, number>): number | undefined {
  if (steps.size < 2) return undefined
  const all = inOrder(steps)
  const [first, last] = [all[0], all.at(-1)] as [[number, number], [number, number]]
  return (last[1] - first[1]) / (last[0] - first[0])
}
