/** The suite: plans the jobs, runs them in an order that is fair to all modes, and measures the noise of the machine. */
export { runContention } from './contention.ts'
export type { HarnessOverhead } from './harness-overhead.ts'
export type { Rates } from './rates.ts'
export { defaultStepMs, defaultThrottle, type SuiteEvents, type SuiteOptions } from './suite-options.ts'
