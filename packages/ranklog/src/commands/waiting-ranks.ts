import { median } from './median.ts'

/** The time of each step that a rank logged, in ms since 1970. */
export type StepTimes = ReadonlyMap<number, number>

/** How long a rank was ahead of the last one at a step, and the time that it then took to the next step, in ms. */
interface Lead {
  leadMs: number
  nextMs: number
}

/** With fewer steps, or with leads whose standard deviation is smaller, in ms, nothing can be inferred. */
const minSteps = 8
const minDeviationMs = 0.75

/** Where nothing can be inferred, the largest lag must be larger than all others by this part of it. */
const minGap = 0.5

/**
 * Reports whether the ranks of a job wait for each other at each step, as in data-parallel training. If they do, no rank is a whole
 * step later than another. And where the last rank is later than usual, the others take as much longer to their next step; in a job
 * that does not wait, they do not. Where the times are too few or too regular to see that, one rank must be later than all others.
 *
 * @param lags of the ranks, in ms; undefined where a rank has no steps
 * @param last index of the rank with the largest lag
 */
export function doRanksWait(ranks: readonly StepTimes[], lags: readonly (number | undefined)[], last: number): boolean {
  const lag = lags[last] as number
  const intervalMs = median(ranks.flatMap((steps) => usualIntervalMs(steps) ?? []))
  if (intervalMs !== undefined && lag >= intervalMs) return false
  const doWait = isNextDelayed(ranks, last)
  if (doWait !== undefined) return doWait
  const second = lags.reduce<number>((most, lag = 0, rank) => (rank === last ? most : Math.max(most, lag)), 0)
  return lag - second >= minGap * lag
}

/** Returns the median time between the steps that a rank logged, in ms: it may log every tenth. Undefined if it logged fewer than two. */
export function usualIntervalMs(steps: StepTimes): number | undefined {
  const times = inOrder(steps).map(([, time]) => time)
  return median(times.slice(1).map((time, index) => time - (times[index] as number)))
}

/** Returns the steps of a rank in their order. */
export function inOrder(steps: StepTimes): [step: number, time: number][] {
  const all = [...steps]
  const isSorted = all.every(([step], at) => at === 0 || step > (all[at - 1] as [number, number])[0])
  return isSorted ? all : all.sort(([a], [b]) => a - b)
}

/**
 * Reports whether ranks take longer to their next step where the last rank is late. The slope of the regression line of that time over
 * the lead is 1 if they wait, and 0 if they do not; noise in the times brings both closer to a half. Undefined if that cannot be inferred.
 */
function isNextDelayed(ranks: readonly StepTimes[], last: number): boolean | undefined {
  const ends = stepEnds(ranks, ranks[last] as StepTimes)
  const leads = ranks
    .map((steps, rank) => (rank === last ? [] : leadsOf(steps, ends)))
    .filter(({ length }) => length >= minSteps)
  const all = leads.flatMap(centered)
  const spread = sum(all.map(({ leadMs }) => leadMs ** 2))
  if (all.length === 0 || Math.sqrt(spread / all.length) < minDeviationMs) return undefined
  const slope = sum(all.map(({ leadMs, nextMs }) => leadMs * nextMs)) / spread
  const rest = sum(all.map(({ leadMs, nextMs }) => (nextMs - slope * leadMs) ** 2)) / all.length
  const error = Math.sqrt((rest / spread) * leads.length) // the leads of all ranks at a step depend on the same last rank
  if (slope + 2 * error < 0.6) return false
  return slope > 0.5 && slope - 2 * error > 0.2 ? true : undefined
}

/** Returns when the last rank of all logged each step that `last` logged, in ms since 1970. */
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

/** Leaves out steps that took the rank itself much longer than usual, for example to save a checkpoint. */
function withoutPauses(leads: readonly Lead[]): Lead[] {
  const times = leads.map(({ nextMs }) => nextMs)
  const middle = median(times) ?? 0
  const deviation = median(times.map((ms) => Math.abs(ms - middle))) ?? 0
  return leads.filter(({ nextMs }) => Math.abs(nextMs - middle) <= 6 * Math.max(deviation, minDeviationMs))
}

/** Returns leads and times less their means. */
function centered(leads: readonly Lead[]): Lead[] {
  const leadMs = sum(leads.map(({ leadMs }) => leadMs)) / leads.length
  const nextMs = sum(leads.map(({ nextMs }) => nextMs)) / leads.length
  return leads.map((lead) => ({ leadMs: lead.leadMs - leadMs, nextMs: lead.nextMs - nextMs }))
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
