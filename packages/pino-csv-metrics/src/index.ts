import { join } from 'node:path'
import { claimRunDirectory } from 'pino-rank-file'
import { type MetricSink, metricSink, type StreamOptions } from 'pino-rank-metrics/sink'
import { CsvRun } from './csv-run.ts'
import { type CsvOptions, type CsvSettings, rank } from './rank.ts'

export { type CsvOptions, rank } from './rank.ts'

export interface CsvStreamOptions extends CsvOptions, StreamOptions {}

const sink: MetricSink<CsvOptions> = metricSink({
  rank,
  name: ({ path, run }) => `pino-csv-metrics: ${run ? join(run.base, 'version_*', path) : path}`,
  writer(settings, warnings) {
    const { isPerRank, mode, queueBytes } = settings
    return new CsvRun({ path: () => csvPath(settings), isPerRank, mode, queueBytes }, warnings)
  },
})

/**
 * Returns a pino destination that writes metric records into a CSV file. The first record creates the file. Use it as
 * `pino(csvStream({ path: 'metrics.csv' }))`, or as a target of `rankLogger`: `{ stream: csvStream(…) }`.
 *
 * @throws {RankError} if an option is invalid
 */
export const csvStream: MetricSink<CsvOptions>['stream'] = sink.stream

/** Opens the stream of the target `pino-csv-metrics`. */
const csvTarget: MetricSink<CsvOptions>['target'] = sink.target
export default csvTarget

/** Returns the path of the file, and claims a run directory if the options ask for one. */
function csvPath({ path, run, mode }: CsvSettings): string {
  return run ? join(claimRunDirectory(run.base, { rank: run.rank, mode, package: 'pino-csv-metrics' }), path) : path
}
