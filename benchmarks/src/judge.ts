import type { Estimate } from './stats.ts'

/** Is a figure at most `most`? Met or missed only where the whole interval says so. */
export function judge(found: Estimate, most: number): 'met' | 'missed' | 'open' {
  if (found.high <= most) return 'met'
  return found.low > most ? 'missed' : 'open'
}
