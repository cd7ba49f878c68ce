/**
 * Ranks: runs jobs of real processes that take steps together, has the modes in which they log, and counts the lines that
 * reached the disk.
 */
export { roundsPerMs } from './compute.ts'
export { maxLines, maxSteps, minLineBytes } from './line.ts'
export {
  type Mode,
  modeNames,
  modeOf,
  modes,
  noLogging,
  noOpSink,
  type Rival,
  rivalNames,
  shortNames,
  writersOf,
} from './modes.ts'
export { minWarmUpSteps } from './rank-job.ts'
export { type FoundPackage, findPackage, findRivals } from './rivals.ts'
export { roundOf } from './round-of.ts'
export { type Job, type JobSample, runJob } from './run-job.ts'
