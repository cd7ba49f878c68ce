import type { SinkDeclaration } from 'pino-rank/sink'
import { metricRank } from 'pino-rank-metrics/options'
import { checkWandbRanks, type WandbOptions, wandbSettings } from './wandb-options.ts'

/** Which ranks write, unless the target says otherwise: rank 0 alone. Loads nothing that writes. */
export const rank: SinkDeclaration<WandbOptions> = metricRank(wandbSettings, {
  checkRanks: checkWandbRanks,
  exit: true,
})
