/** The merge without its face: who reads files puts bytes where they are needed, and copies none. */
export { DedupPlan, dedupLayoutOf } from './dedup-plan.ts'
export { type Layout, layoutOf } from './layout.ts'
export { LineTime } from './line-time.ts'
export { OutputRing } from './output-ring.ts'
export type { Places } from './plan.ts'
export { type Outcome, Planner } from './planner.ts'
export { kernelOf } from './wasm-kernel.ts'
