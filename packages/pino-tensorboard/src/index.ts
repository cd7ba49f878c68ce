export { rank } from './rank.ts'
export { EventFileError, readEvents, type TensorboardEvent, type TensorboardValue } from './read-events.ts'
export type { TensorboardOptions } from './tensorboard-options.ts'
export { default, type TensorboardStreamOptions, tensorboardStream } from './tensorboard-sink.ts'
