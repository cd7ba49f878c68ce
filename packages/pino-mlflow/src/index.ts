import { type MetricSink, metricSink, type StreamOptions } from 'pino-rank-metrics/sink'
import { MlflowClient } from './mlflow-client.ts'
import { MlflowRun } from './mlflow-run.ts'
import { type MlflowOptions, rank, serverOf } from './rank.ts'

export { type MlflowOptions, rank } from './rank.ts'
export { type ResendOptions, resend } from './run-sender.ts'

export interface MlflowStreamOptions extends MlflowOptions, StreamOptions {}

const sink: MetricSink<MlflowOptions> = metricSink({
  rank,
  name: ({ trackingUri }) => `pino-mlflow: ${serverOf(trackingUri)}`,
  kept: ({ spool }) => `unsent values wait in ${spool}, and are sent when it is back, by the next run, or by resend()`,
  unit: 'value',
  writer(settings, warnings) {
    return new MlflowRun(new MlflowClient(settings.trackingUri, settings.timeoutMs), settings, warnings)
  },
})

/**
 * A pino destination that sends metric records to an MLflow server: `pino(mlflowStream({ trackingUri }))`, or a target of
 * `rankLogger`: `{ stream: mlflowStream(…) }`. The first of them creates the run. At the process's exit there is no time to send:
 * buffered records and the run's end go to the spool. Call `end()` before, or prefer the target.
 *
 * @throws {RankError} for options that are wrong, at construction.
 */
export const mlflowStream: MetricSink<MlflowOptions>['stream'] = sink.stream

/** The target `pino-mlflow`. */
const mlflowTarget: MetricSink<MlflowOptions>['target'] = sink.target
export default mlflowTarget
