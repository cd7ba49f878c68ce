/** Statistics: quantiles, medians with their bootstrap intervals, ratios and differences of pairs. */
export type { Estimate } from './stats.ts'
export { difference, estimate, exactly, mean, median, quantile, quantiles, randomFrom, ratio } from './stats.ts'
