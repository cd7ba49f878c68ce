import { join } from 'node:path'
import type { GateOptions } from 'pino-rank/sink'
import { claimRunDirectory } from 'pino-rank-file'
import {
  keptInMemory,
  type MetricSink,
  type MetricStream,
  metricSink,
  type StreamOptions,
} from 'pino-rank-metrics/sink'
import { type CsvOptions, type CsvSettings, csvSettings } from './csv-options.ts'
import { CsvRun } from './csv-run.ts'
import { rank } from './rank.ts'

export interface CsvStreamOptions extends CsvOptions, StreamOptions {}

const sink: MetricSink<CsvOptions> = metricSink({
  rank,
  settings: csvSettings,
  name: ({ path, run }) => `pino-csv-metrics: ${run ? join(run.base, 'version_*', path) : path}`,
  kept: ({ queueBytes }) => keptInMemory(queueBytes),
  writer(settings, warnings) {
    const { isPerRank, mode, queueBytes } = settings
    return new CsvRun({ path: () => csvPath(settings), isPerRank, mode, queueBytes }, warnings)
  },
})

/**
 * A pino destination that writes metric records into a CSV file, which the first of them creates:
 * `pino(csvStream({ path: 'metrics.csv' }))`, or a target of `rankLogger`: `{ stream: csvStream(…) }`.
 *
 * @throws {RankError} for options that are wrong, at construction.
 */
export function csvStream(options: CsvStreamOptions = {}): MetricStream {
  return sink.stream(options)
}

/** The target `pino-csv-metrics`. */
export default function csvTarget(options: CsvOptions & GateOptions = {}): MetricStream {
  return sink.target(options)
}

function csvPath({ path, run, mode }: CsvSettings): string {
  return run ? join(claimRunDirectory(run.base, { rank: run.rank, mode, package: 'pino-csv-metrics' }), path) : path
}
