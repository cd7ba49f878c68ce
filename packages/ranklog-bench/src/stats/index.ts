/** Statistics: quantiles, medians with bootstrap intervals, ratios and differences of pairs. */
export type { Estimate, LineFit } from './stats.ts'
export {
  difference,
  estimate,
  exactly,
  fitLine,
  mean,
  median,
  quantile,
  quantiles,
  randomFrom,
  ratio,
} from './stats.ts'
