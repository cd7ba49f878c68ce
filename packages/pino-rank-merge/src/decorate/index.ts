/** Labels and reductions of merged lines. */
export { type Block, blocksOf, type Decorator } from './block.ts'
export { type LabelOptions, label } from './label.ts'
export { LastBlock, maxBlockBytes } from './last-block.ts'
export { RankTexts, type Shape, shapes } from './rank-texts.ts'
export { ranksText } from './ranks-text.ts'
export { type ReduceOptions, reduce } from './reduce.ts'
