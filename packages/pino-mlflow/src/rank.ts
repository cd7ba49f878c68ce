import type { SinkDeclaration } from 'pino-rank/sink'
import { metricRank } from 'pino-rank-metrics/options'
import { checkMlflowRanks, type MlflowOptions, mlflowSettings } from './mlflow-options.ts'

/** Which ranks write, unless the target says otherwise: rank 0 alone. Loads nothing that sends. */
export const rank: SinkDeclaration<MlflowOptions> = metricRank(mlflowSettings, {
  checkRanks: checkMlflowRanks,
  exit: true,
})
