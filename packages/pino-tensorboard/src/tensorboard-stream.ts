import { hostname } from 'node:os'
import { join } from 'node:path'
import { type RankOptions, resolveRank, type SinkDeclaration } from 'pino-rank/sink'
import { claimRunDirectory } from 'pino-rank-file'
import { reportLine } from 'pino-rank-file/writer'
import { keptInMemory, MetricStream, NameWarnings, RecordFile, streamDeclaration } from 'pino-rank-metrics/sink'
import { rank } from './rank.ts'
import { RunEvents } from './run-events.ts'
import { type TensorboardOptions, type TensorboardSettings, tensorboardSettings } from './tensorboard-options.ts'

export interface TensorboardStreamOptions extends TensorboardOptions, Pick<RankOptions, 'rank' | 'onBadRank'> {}

/**
 * A pino destination that writes metric records into a TensorBoard event file, made at the first of them:
 * `pino(tensorboardStream({ logdir: 'runs/a' }))`, or a target of `rankLogger`: `{ stream: tensorboardStream(…) }`.
 *
 * @throws {RankError} for options that are wrong, at construction.
 */
export function tensorboardStream(options: TensorboardStreamOptions = {}): MetricStream {
  const settings = tensorboardSettings(options, resolveRank(options), ['rank', 'onBadRank'])
  return runStream(settings, streamDeclaration(rank, options))
}

/** @param exitCode the cell in which `rankLogger` stores the process's exit code, for a target */
export function runStream(
  settings: TensorboardSettings,
  declaration: SinkDeclaration,
  exitCode?: SharedArrayBuffer,
): MetricStream {
  const { nestedKey, flushMs, queueBytes, mode, folder } = settings
  const name = `pino-tensorboard: ${'logdir' in folder ? folder.logdir : join(folder.base, 'version_*')}`
  const file = new RecordFile({ path: eventPath(settings), mode, queueBytes })
  const run = new RunEvents(file, settings, new NameWarnings(name, reportLine))
  return new MetricStream(run, declaration, { name, nestedKey, flushMs, kept: keptInMemory(queueBytes), exitCode })
}

/** TensorBoard reads what has `tfevents` in its name, in the order of the seconds. */
function eventPath({ folder, mode }: TensorboardSettings): (attempt: number) => string {
  return (attempt) => {
    const logdir =
      'logdir' in folder
        ? folder.logdir
        : claimRunDirectory(folder.base, { rank: folder.rank, mode, package: 'pino-tensorboard' })
    const seconds = String(Math.floor(Date.now() / 1000)).padStart(10, '0')
    return join(logdir, `events.out.tfevents.${seconds}.${hostname()}.${process.pid}.${attempt}`)
  }
}
