import type { SinkDeclaration } from 'pino-rank/sink'
import { metricRank } from 'pino-rank-metrics/options'
import { checkTensorboardRanks, type TensorboardOptions, tensorboardSettings } from './tensorboard-options.ts'

/** Which ranks write, unless the target says otherwise: rank 0 alone. Loads nothing that writes. */
export const rank: SinkDeclaration<TensorboardOptions> = metricRank(tensorboardSettings, {
  checkRanks: checkTensorboardRanks,
  exit: true,
})
