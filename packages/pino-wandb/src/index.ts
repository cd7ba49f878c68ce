import { join } from 'node:path'
import { folderMode, makeFolder } from 'pino-rank-lines/system'
import { type MetricSink, metricSink, RecordFile, type StreamOptions } from 'pino-rank-metrics/sink'
import { OfflineRun } from './offline-run.ts'
import { rank, type WandbOptions } from './rank.ts'
import { BlockLog } from './wandb-format.ts'

export { rank, type WandbOptions } from './rank.ts'

export interface WandbStreamOptions extends WandbOptions, StreamOptions {}

const sink: MetricSink<WandbOptions> = metricSink({
  rank,
  name: ({ dir, id }) => `pino-wandb: ${dir}, run ${id}`,
  writer(settings) {
    const { dir, id, mode, queueBytes } = settings
    const file = new RecordFile({ path: () => newRunFile(dir, id, mode), mode, queueBytes })
    return new OfflineRun(file, new BlockLog(file), settings)
  },
})

/**
 * Returns a pino destination that writes metric records into an offline run of Weights & Biases. The first record creates the run.
 * Use it as `pino(wandbStream({ project: 'digits' }))`, or as a target of `rankLogger`: `{ stream: wandbStream(…) }`.
 *
 * @throws {RankError} if an option is invalid
 */
export const wandbStream: MetricSink<WandbOptions>['stream'] = sink.stream

/** Opens the stream of the target `pino-wandb`. */
const wandbTarget: MetricSink<WandbOptions>['target'] = sink.target
export default wandbTarget

/** Creates the folder of a new run, with the subfolder that its upload needs, and returns the path of the run's file. */
function newRunFile(dir: string, id: string, mode: number): string {
  const folder = join(dir, `offline-run-${stamp(new Date())}-${id}`)
  makeFolder(join(folder, 'files'), folderMode(mode))
  return join(folder, `run-${id}.wandb`)
}

/** Returns the local time as `YYYYMMDD_HHMMSS`. `wandb sync` finds the folder of a run by a name with such a time. */
function stamp(now: Date): string {
  const two = (number: number) => String(number).padStart(2, '0')
  const date = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`
  return `${date}_${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`
}
