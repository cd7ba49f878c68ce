import { join } from 'node:path'
import { type RankOptions, resolveRank, type SinkDeclaration } from 'pino-rank/sink'
import { makeFolder } from 'pino-rank-file/writer'
import { keptInMemory, MetricStream, RecordFile, streamDeclaration } from 'pino-rank-metrics/sink'
import { BlockLog } from './block-log.ts'
import { OfflineRun } from './offline-run.ts'
import { rank } from './rank.ts'
import { type WandbOptions, type WandbSettings, wandbSettings } from './wandb-options.ts'

export interface WandbStreamOptions extends WandbOptions, Pick<RankOptions, 'rank' | 'onBadRank'> {}

/**
 * A pino destination that writes metric records into an offline run of Weights & Biases, made at the first of them:
 * `pino(wandbStream({ project: 'digits' }))`, or a target of `rankLogger`: `{ stream: wandbStream(…) }`.
 *
 * @throws {RankError} for options that are wrong, at construction.
 */
export function wandbStream(options: WandbStreamOptions = {}): MetricStream {
  const settings = wandbSettings(options, resolveRank(options), ['rank', 'onBadRank'])
  return runStream(settings, streamDeclaration(rank, options))
}

/** @param exitCode the cell in which `rankLogger` stores the process's exit code, for a target */
export function runStream(
  settings: WandbSettings,
  declaration: SinkDeclaration,
  exitCode?: SharedArrayBuffer,
): MetricStream {
  const { dir, id, nestedKey, flushMs, queueBytes, mode } = settings
  const file = new RecordFile({ path: () => runFile(dir, id), mode, queueBytes })
  const run = new OfflineRun(file, new BlockLog(file), settings)
  return new MetricStream(run, declaration, {
    name: `pino-wandb: ${dir}, run ${id}`,
    nestedKey,
    flushMs,
    kept: keptInMemory(queueBytes),
    exitCode,
  })
}

/** The file of a new run, in a folder in which its upload finds a place for what it makes. */
function runFile(dir: string, id: string): string {
  const folder = join(dir, `offline-run-${stamp(new Date())}-${id}`)
  makeFolder(join(folder, 'files'))
  return join(folder, `run-${id}.wandb`)
}

/** Local time, `YYYYMMDD_HHMMSS`: `wandb sync` finds a run by this name. */
function stamp(now: Date): string {
  const two = (number: number) => String(number).padStart(2, '0')
  const date = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`
  return `${date}_${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`
}
