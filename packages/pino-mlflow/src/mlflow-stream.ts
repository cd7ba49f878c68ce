import { type RankOptions, resolveRank, type SinkDeclaration } from 'pino-rank/sink'
import { reportLine } from 'pino-rank-file/writer'
import { MetricStream, NameWarnings, streamDeclaration } from 'pino-rank-metrics/sink'
import { MlflowClient } from './mlflow-client.ts'
import { type MlflowOptions, type MlflowSettings, mlflowSettings } from './mlflow-options.ts'
import { MlflowRun } from './mlflow-run.ts'
import { rank } from './rank.ts'
import { serverOf } from './tracking-uri.ts'

export interface MlflowStreamOptions extends MlflowOptions, Pick<RankOptions, 'rank' | 'onBadRank'> {}

/**
 * A pino destination that sends metric records to an MLflow server: `pino(mlflowStream({ trackingUri }))`, or a target of
 * `rankLogger`: `{ stream: mlflowStream(…) }`. The run is made at the first of them. At the process's exit there is no time
 * to send: what waits goes to the spool, also the run's end. Call `end()` before, or prefer the target.
 *
 * @throws {RankError} for options that are wrong, at construction.
 */
export function mlflowStream(options: MlflowStreamOptions = {}): MetricStream {
  const settings = mlflowSettings(options, resolveRank(options), ['rank', 'onBadRank'])
  return runStream(settings, streamDeclaration(rank, options))
}

/** @param exitCode the cell in which `rankLogger` stores the process's exit code, for a target */
export function runStream(
  settings: MlflowSettings,
  declaration: SinkDeclaration,
  exitCode?: SharedArrayBuffer,
): MetricStream {
  const { trackingUri, timeoutMs, flushMs, spool, nestedKey } = settings
  const name = `pino-mlflow: ${serverOf(trackingUri)}`
  const kept = `what it is not told waits in ${spool}, and is sent when it is back, by the next run, or by resend()`
  const client = new MlflowClient(trackingUri, timeoutMs)
  const run = new MlflowRun(client, settings, new NameWarnings(name, reportLine))
  return new MetricStream(run, declaration, { name, flushMs, kept, unit: 'value', exitCode, nestedKey })
}
