export { rank } from './rank.ts'
export type { WandbOptions } from './wandb-options.ts'
export { default, type WandbStreamOptions, wandbStream } from './wandb-sink.ts'
