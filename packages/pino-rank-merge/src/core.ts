/** The merge without its face: who reads files puts bytes where they are needed, and copies none. */
export { DedupPlan, dedupLayoutOf } from './dedup/index.ts'
export { kernelOf, type Layout, layoutOf, partialLength } from './kernel/index.ts'
export type { Places } from './order/index.ts'
export { LineTime, type Outcome, OutputRing, Planner, recordIn, type TimeKey } from './order/index.ts'
