import { median } from './median.ts'

/** The time of each step that a rank logged, in ms since 1970. */
export type StepTimes = ReadonlyMap<number, number>

/** By how much a rank was ahead of the last rank at a step, and the time from that step to its next step, in ms. */
interface Lead {
  leadMs: number
  nextMs: number
}

/** Minimum number of steps, and minimum standard deviation of the leads in ms, for the regression. */
const minSteps = 8
const minDeviationMs = 0.75

/** If the regression is not conclusive, the largest lag must exceed all others by this fraction of it. */
const minGap = 0.5

/**
 * Reports whether the ranks of a job wait for each other at each step, as in data-parallel training. There are two signs. No rank
 * is a whole step later than another. And when the last rank is later than usual, the next step of the others takes longer by the
 * same time. If the times are too few or too regular to show the second sign, one rank must be much later than all others.
 *
 * @param lags the lags of the ranks, in ms; undefined for a rank without steps
 * @param last index of the rank with the largest lag
 */
export function doRanksWait(ranks: readonly StepTimes[], lags: readonly (number | undefined)[], last: number): boolean {
  const lag = lags[last] as number
  const intervalMs = median(ranks.flatMap((steps) => usualIntervalMs(steps) ?? []))
  if (intervalMs !== undefined && lag >= intervalMs) return false
  const doWait = isNextDelayed(ranks, last)
  if (doWait !== undefined) return doWait
  const second = lags.reduce<number>((max, lag = 0, rank) => (rank === last ? max : Math.max(max, lag)), 0)
  return lag - second >= minGap * lag
}

/** Returns the median time between the steps that a rank logged, in ms; undefined if it logged fewer than two. */
export function usualIntervalMs(steps: StepTimes): number | undefined {
  const times = inOrder(steps).map(([, time]) => time)
  return median(times.slice(1).map((time, index) => time - (times[index] as number)))
}

/** Returns the steps of a rank in ascending order. */
export function inOrder(steps: StepTimes): [step: number, time: number][] {
  const all = [...steps]
  const isSorted = all.every(([step], at) => at === 0 || step > (all[at - 1] as [number, number])[0])
  return isSorted ? all : all.sort(([a], [b]) => a - b)
}

/**
 * Reports whether ranks take longer to their next step when the last rank is late; undefined if that is not conclusive. Uses
 * the regression line of that time over the lead: its slope is 1 if the ranks wait and 0 if they do not. Noise in the times
 * moves both towards a half.
 */
function isNextDelayed(ranks: readonly StepTimes[], last: number): boolean | undefined {
  const ends = stepEnds(ranks, ranks[last] as StepTimes)
  const leads = ranks
    .map((steps, rank) => (rank === last ? [] : leadsOf(steps, ends)))
    .filter(({ length }) => length >= minSteps)
  const all = leads.flatMap(center)
  const spread = sum(all.map(({ leadMs }) => leadMs ** 2))
  if (all.length === 0 || Math.sqrt(spread / all.length) < minDeviationMs) return undefined
  const slope = sum(all.map(({ leadMs, nextMs }) => leadMs * nextMs)) / spread
  const rest = sum(all.map(({ leadMs, nextMs }) => (nextMs - slope * leadMs) ** 2)) / all.length
  const error = Math.sqrt((rest / spread) * leads.length) // the leads of all ranks at a step are not independent: they depend on the same last rank
  if (slope + 2 * error < 0.6) return false
  return slope > 0.5 && slope - 2 * error > 0.2 ? true : undefined
}

/** Returns the time when each step was logged by the last of all ranks, in ms since 1970, for the steps that `last` logged. */
function stepEnds(ranks: readonly StepTimes[], last: StepTimes): Map<number, number> {
  const ends = new Map(last)
  for (const steps of ranks)
    for (const [step, time] of steps) if (ends.has(step)) ends.set(step, Math.max(time, ends.get(step) as number))
  return ends
}

function leadsOf(steps: StepTimes, ends: StepTimes): Lead[] {
  const all = inOrder(steps)
  const usual = median(all.slice(1).map(([step], index) => step - (all[index] as [number, number])[0]))
  const leads = all.slice(1).flatMap(([next, nextTime], index): Lead[] => {
    const [step, time] = all[index] as [number, number]
    const end = ends.get(step)
    return end === undefined || next - step !== usual ? [] : [{ leadMs: end - time, nextMs: nextTime - time }]
  })
  return withoutPauses(leads)
}

/** Removes steps in which the rank itself took much longer than usual, for example to save a checkpoint. */
function withoutPauses(leads: readonly Lead[]): Lead[] {
  const times = leads.map(({ nextMs }) => nextMs)
  const middle = median(times) ?? 0
  const deviation = median(times.map((ms) => Math.abs(ms - middle))) ?? 0
  return leads.filter(({ nextMs }) => Math.abs(nextMs - middle) <= 6 * Math.max(deviation, minDeviationMs))
}

/** Subtracts the means from the leads and times. */
function center(leads: readonly Lead[]): Lead[] {
  const leadMs = sum(leads.map(({ leadMs }) => leadMs)) / leads.length
  const nextMs = sum(leads.map(({ nextMs }) => nextMs)) / leads.length
  return leads.map((lead) => ({ leadMs: lead.leadMs - leadMs, nextMs: lead.nextMs - nextMs }))
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
