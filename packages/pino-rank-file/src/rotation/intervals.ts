/** How often a file may be begun. */
export type Interval = 'minute' | 'hour' | 'day'

const lengths: Record<Interval, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 }

/** The number of the UTC interval in which `time` (ms since 1970) falls. */
export function intervalOf(every: Interval, time: number): number {
  return Math.floor(time / lengths[every])
}
