import { hostname } from 'node:os'
import { join } from 'node:path'
import { claimRunDirectory } from 'pino-rank-file'
import { type MetricSink, metricSink, RecordFile, type StreamOptions } from 'pino-rank-metrics/sink'
import { rank, type TensorboardOptions, type TensorboardSettings } from './rank.ts'
import { RunEvents } from './run-events.ts'

export { rank, type TensorboardOptions } from './rank.ts'
export { EventFileError, readEvents, type TensorboardEvent, type TensorboardValue } from './read-events.ts'

export interface TensorboardStreamOptions extends TensorboardOptions, StreamOptions {}

const sink: MetricSink<TensorboardOptions> = metricSink({
  rank,
  name: ({ folder }) => `pino-tensorboard: ${'logdir' in folder ? folder.logdir : join(folder.base, 'version_*')}`,
  writer(settings, warnings) {
    const { mode, queueBytes } = settings
    const file = new RecordFile({ path: (attempt) => eventPath(settings, attempt), mode, queueBytes })
    return new RunEvents(file, settings, warnings)
  },
})

/**
 * Returns a pino destination that writes metric records into a TensorBoard event file. The first record creates the file. Use it as
 * `pino(tensorboardStream({ logdir: 'runs/a' }))`, or as a target of `rankLogger`: `{ stream: tensorboardStream(…) }`.
 *
 * @throws {RankError} if an option is invalid
 */
export const tensorboardStream: MetricSink<TensorboardOptions>['stream'] = sink.stream

/** Opens the stream of the target `pino-tensorboard`. */
const tensorboardTarget: MetricSink<TensorboardOptions>['target'] = sink.target
export default tensorboardTarget

/**
 * Returns the path of an event file, and claims a run directory if the options ask for one. TensorBoard reads files with `tfevents`
 * in their name, in the order of the seconds.
 */
function eventPath({ folder, mode }: TensorboardSettings, attempt: number): string {
  const logdir =
    'logdir' in folder
      ? folder.logdir
      : claimRunDirectory(folder.base, { rank: folder.rank, mode, package: 'pino-tensorboard' })
  const seconds = String(Math.floor(Date.now() / 1000)).padStart(10, '0')
  return join(logdir, `events.out.tfevents.${seconds}.${hostname()}.${process.pid}.${attempt}`)
}
