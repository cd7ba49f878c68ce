/** Deduplication: lines that several ranks have in common are written once. */

export { type DedupOptions, dedup } from './dedup.ts'
export { DedupPlan, dedupLayoutOf } from './dedup-plan.ts'
