import type { Estimate } from '../../packages/ranklog-bench/dist/stats/stats.js'
import { shortNumber } from './table.ts'

/** Is a figure at most `most`? Met or missed only where the whole interval says so. */
export function judge(found: Estimate, most: number): 'met' | 'missed' | 'open' {
  if (found.high <= most) return 'met'
  return found.low > most ? 'missed' : 'open'
}

/** Is a figure at least `least`? */
export function judgeLeast({ median, low, high }: Estimate, least: number): ReturnType<typeof judge> {
  return judge({ median: -median, low: -high, high: -low }, -least)
}

/** A goal and whether it is met, in the words of a table; '' where there is no goal or nothing to judge. */
export function verdict(figure: string, found: Estimate | null, most: number | undefined): string {
  if (most === undefined || found === null) return ''
  return `${figure} ≤ ${shortNumber(most)}: ${judge(found, most)}`
}

/** Verdicts of one row. */
export function joinVerdicts(...verdicts: string[]): string {
  return verdicts.filter((text) => text !== '').join('; ')
}
