/**
 * The planner behind `merge`, for programs that read files themselves. They read straight into its memory, so no byte
 * is copied twice.
 */
export { DedupPlan, dedupLayoutOf } from './dedup/index.ts'
export { kernelOf, type Layout, layoutOf, partialLength } from './kernel/index.ts'
export type { Places } from './order/index.ts'
export { LineTime, type Outcome, OutputRing, Planner, recordIn, type TimeKey } from './order/index.ts'
