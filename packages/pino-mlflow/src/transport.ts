import { type GateOptions, givenGateKeys, openSink } from 'pino-rank/sink'
import type { MetricStream } from 'pino-rank-metrics'
import { streamDeclaration } from 'pino-rank-metrics/sink'
import { type MlflowOptions, mlflowSettings } from './mlflow-options.ts'
import { runStream } from './mlflow-stream.ts'
import { rank } from './rank.ts'

/** The target `pino-mlflow`. */
export default function mlflowTarget(options: MlflowOptions & GateOptions = {}): MetricStream {
  const { exitCode } = options
  return openSink(options, rank, ({ rank: self, open, cwd, ...own }) => {
    return runStream(mlflowSettings(own, self, givenGateKeys, cwd), streamDeclaration(rank, own), exitCode)
  })
}
