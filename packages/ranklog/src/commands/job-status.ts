import type { RankTail } from './rank-tail.ts'

/** The state of a rank in comparison to the other ranks. */
export interface RankStatus {
  rank: string
  host?: string
  attempt?: number
  step?: number
  /** Of the last record, ISO. */
  time?: string
  /** Since the last record, in s. */
  ageSeconds?: number
  stepsPerSecond?: number
  /** How much later than the first rank it logged the steps that all logged, in ms: the median over the tail. */
  lagMs?: number
  /** Steps behind the furthest rank. */
  behind?: number
  errors: number
  torn: number
  /** Steps that most ranks logged and this one did not, between its first and its last. */
  gaps: number
  drops?: number
  exit?: number | string
  state: 'runs' | 'straggles' | 'silent' | 'ended' | 'no step'
}

/** A rank is silent after this, or after so many of its own steps, in ms. */
const minSilenceMs = 10_000
const minSilenceSteps = 10

/**
 * Where each rank is. A rank *straggles* if its median lag is the largest, above 50 ms and above a tenth of the job's step:
 * ranks of one job wait for each other, so that the slow one has the same steps a second as all, and is the last to log them.
 * One that is two or more steps behind the furthest straggles, too. A rank is *silent* if it logged nothing for 10 s and for ten of
 * its steps, and no manifest says that it has ended.
 *
 * @param now ms since 1970
 */
export function jobStatus(tails: readonly RankTail[], now: number): RankStatus[] {
  const firsts = new Map<number, number>()
  for (const { steps } of tails)
    for (const [step, time] of steps) firsts.set(step, Math.min(time, firsts.get(step) ?? Infinity))
  const furthest = Math.max(...tails.map(({ step }) => step ?? -Infinity))
  const stepMs = median(tails.flatMap(({ steps }) => stepMsOf(steps) ?? []))
  const lags = tails.map(({ steps }) => median([...steps].map(([step, time]) => time - (firsts.get(step) as number))))
  const largest = Math.max(...lags.map((lag) => lag ?? -Infinity))
  const common = commonSteps(tails)
  return tails.map((tail, at): RankStatus => {
    const { label, host, attempt, step, time, errors, torn, drops, exit } = tail
    const own = stepMsOf(tail.steps)
    const lag = lags[at]
    const behind = step === undefined ? undefined : furthest - step
    const age = time === undefined ? undefined : now - time
    const hasEnded = exit !== undefined && exit !== 'unknown'
    const isLast = lag !== undefined && lag === largest && lag > 50 && lag > (stepMs ?? 0) / 10 && tails.length > 1
    const isSilent = !hasEnded && age !== undefined && age > minSilenceMs && age > minSilenceSteps * (own ?? 0)
    const isStraggler = isLast || (behind !== undefined && behind >= 2)
    return {
      rank: label,
      ...(host !== undefined && { host }),
      ...(attempt !== undefined && { attempt }),
      ...(step !== undefined && { step }),
      ...(time !== undefined && { time: new Date(time).toISOString(), ageSeconds: round((age as number) / 1000) }),
      ...(own !== undefined && own > 0 && { stepsPerSecond: round(1000 / own) }),
      ...(lag !== undefined && { lagMs: round(lag) }),
      ...(behind !== undefined && { behind }),
      errors,
      torn,
      gaps: gapsOf(tail.steps, common),
      ...(drops !== undefined && { drops }),
      ...(hasEnded && { exit }),
      state: hasEnded
        ? 'ended'
        : isSilent
          ? 'silent'
          : isStraggler
            ? 'straggles'
            : step === undefined
              ? 'no step'
              : 'runs',
    }
  })
}

/** Steps that more than half of the ranks logged. */
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

/** Time of a step, over the whole tail: records may come every ten steps. */
function stepMsOf(steps: ReadonlyMap<number, number>): number | undefined {
  if (steps.size < 2) return undefined
  const all = [...steps].sort(([a], [b]) => a - b)
  const [first, last] = [all[0], all.at(-1)] as [[number, number], [number, number]]
  return (last[1] - first[1]) / (last[0] - first[0])
}

function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[sorted.length >> 1]
}

function round(value: number): number {
  return Number(value.toPrecision(3))
}
