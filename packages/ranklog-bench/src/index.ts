/** The benchmark as a library: the command line, a run, and its result. */
export { main } from './cli.ts'
export { removeLeftovers } from './disks/index.ts'
export { modeNames } from './ranks/index.ts'
export type { Cell, Disk, Machine, Noise, Result, Round } from './results/index.ts'
export { resultSchema } from './results/index.ts'
export { runContention, type SuiteEvents, type SuiteOptions } from './suite/index.ts'
