import { hostname } from 'node:os'
import { join } from 'node:path'
import type { GateOptions } from 'pino-rank/sink'
import { claimRunDirectory } from 'pino-rank-file'
import {
  keptInMemory,
  type MetricSink,
  type MetricStream,
  metricSink,
  RecordFile,
  type StreamOptions,
} from 'pino-rank-metrics/sink'
import { rank } from './rank.ts'
import { RunEvents } from './run-events.ts'
import { type TensorboardOptions, type TensorboardSettings, tensorboardSettings } from './tensorboard-options.ts'

export interface TensorboardStreamOptions extends TensorboardOptions, StreamOptions {}

const sink: MetricSink<TensorboardOptions> = metricSink({
  rank,
  settings: tensorboardSettings,
  name: ({ folder }) => `pino-tensorboard: ${'logdir' in folder ? folder.logdir : join(folder.base, 'version_*')}`,
  kept: ({ queueBytes }) => keptInMemory(queueBytes),
  writer(settings, warnings) {
    const { mode, queueBytes } = settings
    const file = new RecordFile({ path: (attempt) => eventPath(settings, attempt), mode, queueBytes })
    return new RunEvents(file, settings, warnings)
  },
})

/**
 * A pino destination that writes metric records into a TensorBoard event file, which the first of them creates:
 * `pino(tensorboardStream({ logdir: 'runs/a' }))`, or a target of `rankLogger`: `{ stream: tensorboardStream(…) }`.
 *
 * @throws {RankError} for options that are wrong, at construction.
 */
export function tensorboardStream(options: TensorboardStreamOptions = {}): MetricStream {
  return sink.stream(options)
}

/** The target `pino-tensorboard`. */
export default function tensorboardTarget(options: TensorboardOptions & GateOptions = {}): MetricStream {
  return sink.target(options)
}

/** Returns the path of an event file. TensorBoard reads files with `tfevents` in their name, in the order of the seconds. */
function eventPath({ folder, mode }: TensorboardSettings, attempt: number): string {
  const logdir =
    'logdir' in folder
      ? folder.logdir
      : claimRunDirectory(folder.base, { rank: folder.rank, mode, package: 'pino-tensorboard' })
  const seconds = String(Math.floor(Date.now() / 1000)).padStart(10, '0')
  return join(logdir, `events.out.tfevents.${seconds}.${hostname()}.${process.pid}.${attempt}`)
}
