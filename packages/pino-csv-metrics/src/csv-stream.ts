import { join } from 'node:path'
import { type RankOptions, resolveRank, type SinkDeclaration } from 'pino-rank/sink'
import { claimRunDirectory } from 'pino-rank-file'
import { reportLine } from 'pino-rank-file/writer'
import { keptInMemory, MetricStream, NameWarnings, streamDeclaration } from 'pino-rank-metrics/sink'
import { type CsvOptions, type CsvSettings, csvSettings } from './csv-options.ts'
import { CsvRun } from './csv-run.ts'
import { rank } from './rank.ts'

export interface CsvStreamOptions extends CsvOptions, Pick<RankOptions, 'rank' | 'onBadRank'> {}

/**
 * A pino destination that writes metric records into a CSV file, made at the first of them:
 * `pino(csvStream({ path: 'metrics.csv' }))`, or a target of `rankLogger`: `{ stream: csvStream(…) }`.
 *
 * @throws {RankError} for options that are wrong, at construction.
 */
export function csvStream(options: CsvStreamOptions = {}): MetricStream {
  const settings = csvSettings(options, resolveRank(options), ['rank', 'onBadRank'])
  return runStream(settings, streamDeclaration(rank, options))
}

export function runStream(
  { path, isPerRank, run, mode, nestedKey, flushMs, queueBytes }: CsvSettings,
  declaration: SinkDeclaration,
): MetricStream {
  const name = `pino-csv-metrics: ${run ? join(run.base, 'version_*', path) : path}`
  const claim = () =>
    run ? join(claimRunDirectory(run.base, { rank: run.rank, mode, package: 'pino-csv-metrics' }), path) : path
  const report = (line: string) => reportLine(`${name}: ${line}`)
  const writer = new CsvRun({ path: claim, isPerRank, mode, queueBytes, report }, new NameWarnings(name, reportLine))
  return new MetricStream(writer, declaration, { name, nestedKey, flushMs, kept: keptInMemory(queueBytes) })
}
