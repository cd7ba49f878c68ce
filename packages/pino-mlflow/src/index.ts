import { type MetricSink, metricSink, type StreamOptions } from 'pino-rank-metrics/sink'
import { MlflowClient } from './mlflow-client.ts'
import { MlflowRun } from './mlflow-run.ts'
import { type MlflowOptions, rank, serverOf } from './rank.ts'

export { type MlflowOptions, rank } from './rank.ts'
export { type ResendOptions, resend } from './send-spools.ts'

export interface MlflowStreamOptions extends MlflowOptions, StreamOptions {}

const sink: MetricSink<MlflowOptions> = metricSink({
  rank,
  name: ({ trackingUri }) => `pino-mlflow: ${serverOf(trackingUri)}`,
  unit: 'value',
  writer(settings, warnings) {
    return new MlflowRun(new MlflowClient(settings.trackingUri, settings.timeoutMs), settings, warnings)
  },
})

/**
 * Returns a pino destination that sends metric records to an MLflow server. The first record creates the run. Use it as
 * `pino(mlflowStream({ trackingUri }))`, or as a target of `rankLogger`: `{ stream: mlflowStream(…) }`.
 *
 * A stream cannot send when the process exits. It then writes the buffered records and the end of the run to the spool. To send them,
 * call `end()` before the exit, or use the target.
 *
 * @throws {RankError} if an option is invalid
 */
export const mlflowStream: MetricSink<MlflowOptions>['stream'] = sink.stream

/** Opens the stream of the target `pino-mlflow`. */
const mlflowTarget: MetricSink<MlflowOptions>['target'] = sink.target
export default mlflowTarget
