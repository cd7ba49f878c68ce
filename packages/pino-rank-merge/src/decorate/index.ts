/** Labels and reductions of merged lines. */
export { type Block, blocksOf, type Decorator, maxBlockBytes } from './block.ts'
export { type LabelOptions, label } from './label.ts'
export { ranksText } from './ranks-text.ts'
export { type ReduceOptions, reduce } from './reduce.ts'
