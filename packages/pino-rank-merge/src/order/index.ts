/** Orders lines from several sources: decides which may be written now, and which must wait for earlier ones. */
export { LineTime, recordIn, type TimeKey } from './line-time.ts'
export { LiveMemory, type LiveMemoryOptions } from './live-memory.ts'
export { type Batch, Merged, type MergeOptions, type MergeStats, merge } from './merge.ts'
export { OutputRing } from './output-ring.ts'
export type { Outcome, Places, Plan, PlanPlaces } from './plan.ts'
export { Planner } from './planner.ts'
export type { Source } from './source.ts'
