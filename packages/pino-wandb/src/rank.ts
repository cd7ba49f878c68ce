import { givenGateKeys, type ResolvedRank, type SinkDeclaration } from 'pino-rank/sink'
import { checkWandbRanks, type WandbOptions, wandbSettings } from './wandb-options.ts'

/** Which ranks write, unless the target says otherwise: rank 0 alone. Loads nothing that writes. */
export const rank: SinkDeclaration<WandbOptions> = {
  ranks: '0',
  others: 'silent',
  exit: true,
  check: (options: WandbOptions, rank: ResolvedRank) => void wandbSettings(options, rank, givenGateKeys),
  checkRanks: checkWandbRanks,
}
