import { givenGateKeys, type ResolvedRank, type SinkDeclaration } from 'pino-rank/sink'
import { checkTensorboardRanks, type TensorboardOptions, tensorboardSettings } from './tensorboard-options.ts'

/** Which ranks write, unless the target says otherwise: rank 0 alone. Loads nothing that writes. */
export const rank: SinkDeclaration<TensorboardOptions> = {
  ranks: '0',
  others: 'silent',
  exit: true,
  check: (options: TensorboardOptions, rank: ResolvedRank) => void tensorboardSettings(options, rank, givenGateKeys),
  checkRanks: checkTensorboardRanks,
}
