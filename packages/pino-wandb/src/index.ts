export { rank } from './rank.ts'
export { default } from './transport.ts'
export type { WandbOptions } from './wandb-options.ts'
export { type WandbStreamOptions, wandbStream } from './wandb-stream.ts'
