import type { RankTail } from './rank-tail.ts'
import { compareSteps } from './stragglers.ts'

/** The state of a rank in comparison to the other ranks. */
export interface RankStatus {
  rank: string
  host?: string
  attempt?: number
  step?: number
  /** Time of the last record, ISO 8601. */
  time?: string
  /** Time since the last record, in s. */
  ageSeconds?: number
  stepsPerSecond?: number
  /** How much later than the first rank it logged the same steps, in ms: the median over the tail of its log. */
  lagMs?: number
  /** Steps behind the furthest rank. */
  behind?: number
  errors: number
  torn: number
  /** Number of steps that most ranks logged and this one did not, between its first and its last step in the tail. */
  gaps: number
  drops?: number
  /** Exit code or signal of a rank that has ended; `unknown` if its manifest does not have it. */
  exit?: number | string
  /** The run key and the start of the run. Only if several runs are shown. */
  run?: string
  state: 'runs' | 'straggles' | 'silent' | 'ended' | 'unknown' | 'no step'
}

/** A rank is silent if it logged nothing for all of these: a time in ms, a number of steps, and a number of its usual intervals. */
const minSilenceMs = 10_000
const minSilenceSteps = 10
const minSilenceIntervals = 3

/**
 * Returns the status of each rank of a job.
 *
 * - *ended*: its manifest has its exit, or its process is gone.
 * - *silent*: it logged nothing for a long time ({@link minSilenceMs}, {@link minSilenceSteps}, {@link minSilenceIntervals}), and
 *   its process runs, or cannot be seen from here while other ranks of the job continue.
 * - *unknown*: it logged nothing for as long, and there is no sign that the job continues.
 * - *straggles*: see {@link compareSteps}.
 *
 * @param now ms since 1970
 */
export function jobStatus(tails: readonly RankTail[], now: number): RankStatus[] {
  const comparisons = compareSteps(tails)
  const ranks = tails.map((tail, at) => {
    const { stepMs = 0, intervalMs = 0 } = comparisons[at] as (typeof comparisons)[0]
    const process = tail.processState()
    const ageMs = tail.time === undefined ? undefined : now - tail.time
    const isQuiet =
      ageMs !== undefined && ageMs > Math.max(minSilenceMs, minSilenceSteps * stepMs, minSilenceIntervals * intervalMs)
    return { process, ageMs, isQuiet }
  })
  const isJobAlive = ranks.some(
    ({ process, ageMs, isQuiet }) => process === 'running' || (process !== 'gone' && ageMs !== undefined && !isQuiet),
  )
  const common = commonSteps(tails)
  return tails.map((tail, at): RankStatus => {
    const { label, host, attempt, step, time, errors, torn, drops, exit } = tail
    const { process, ageMs, isQuiet } = ranks[at] as (typeof ranks)[0]
    const { stepMs, lagMs, behind, isStraggler } = comparisons[at] as (typeof comparisons)[0]
    return {
      rank: label,
      ...(host !== undefined && { host }),
      ...(attempt !== undefined && { attempt }),
      ...(step !== undefined && { step }),
      ...(time !== undefined && { time: new Date(time).toISOString(), ageSeconds: round((ageMs as number) / 1000) }),
      ...(stepMs !== undefined && stepMs > 0 && { stepsPerSecond: round(1000 / stepMs) }),
      ...(lagMs !== undefined && { lagMs: round(lagMs) }),
      ...(behind !== undefined && { behind }),
      errors,
      torn,
      gaps: gapsOf(tail.steps, common),
      ...(drops !== undefined && { drops }),
      ...(process === 'gone' && { exit: exit ?? 'unknown' }),
      state: stateOfRank(),
    }

    function stateOfRank(): RankStatus['state'] {
      if (process === 'gone') return 'ended'
      if (isQuiet) return process === 'running' || isJobAlive ? 'silent' : 'unknown'
      if (isStraggler) return 'straggles'
      return step === undefined ? 'no step' : 'runs'
    }
  })
}

/** Returns the steps that more than half of the ranks logged. */
function commonSteps(tails: readonly RankTail[]): number[] {
  const counts = new Map<number, number>()
  for (const { steps } of tails) for (const step of steps.keys()) counts.set(step, (counts.get(step) ?? 0) + 1)
  return [...counts].filter(([, count]) => 2 * count > tails.length).map(([step]) => step)
}

function gapsOf(own: ReadonlyMap<number, number>, common: readonly number[]): number {
  let [first, last] = [Infinity, -Infinity]
  for (const step of own.keys()) [first, last] = [Math.min(first, step), Math.max(last, step)]
  return common.filter((step) => step > first && step < last && !own.has(step)).length
}

function round(value: number): number {
  return Number(value.toPrecision(3))
}
