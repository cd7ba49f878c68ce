import type { Estimate } from '../../packages/ranklog-bench/dist/stats/stats.js'
import { shortNumber } from './table.ts'

/** Reports whether a figure is at most `max`. It is met or missed only if the whole interval is on that side, and otherwise open. */
export function judge(found: Estimate, max: number): 'met' | 'missed' | 'open' {
  if (found.high <= max) return 'met'
  return found.low > max ? 'missed' : 'open'
}

/** Reports whether a figure is at least `min`, as {@link judge} does for a maximum. */
export function judgeMin({ median, low, high }: Estimate, min: number): ReturnType<typeof judge> {
  return judge({ median: -median, low: -high, high: -low }, -min)
}

/** Returns a goal and its verdict, as text for a table. Returns '' if there is no goal or no figure. */
export function verdict(figure: string, found: Estimate | null, max: number | undefined): string {
  if (max === undefined || found === null) return ''
  return `${figure} ≤ ${shortNumber(max)}: ${judge(found, max)}`
}

/** Returns the verdicts of a row as one text. */
export function joinVerdicts(...verdicts: string[]): string {
  return verdicts.filter((text) => text !== '').join('; ')
}
