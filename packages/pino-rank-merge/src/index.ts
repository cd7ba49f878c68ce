export {
  type Block,
  blocksOf,
  type Decorator,
  type LabelOptions,
  label,
  type ReduceOptions,
  ranksText,
  reduce,
} from './decorate/index.ts'
export { type DedupOptions, dedup } from './dedup/index.ts'
export {
  type Batch,
  LiveMemory,
  type LiveMemoryOptions,
  Merged,
  type MergeOptions,
  type MergeStats,
  merge,
  type Source,
} from './order/index.ts'
