/** Results: what a run has measured. */
export type { Cell, Disk, Machine, Noise, Result, Round } from './result.ts'
