/** The suite: which jobs are run in which order, on which disks, and how sure the figures are. */
export { runContention } from './contention.ts'
export type { HarnessOverhead } from './harness-overhead.ts'
export type { Rates } from './rates.ts'
export { defaultStepMs, defaultThrottle, type SuiteEvents, type SuiteOptions } from './suite-options.ts'
