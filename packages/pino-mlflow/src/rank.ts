import { givenGateKeys, type ResolvedRank, type SinkDeclaration } from 'pino-rank/sink'
import { checkMlflowRanks, type MlflowOptions, mlflowSettings } from './mlflow-options.ts'

/** Which ranks write, unless the target says otherwise: rank 0 alone. Loads nothing that sends. */
export const rank: SinkDeclaration<MlflowOptions> = {
  ranks: '0',
  others: 'silent',
  exit: true,
  check: (options: MlflowOptions, rank: ResolvedRank) => void mlflowSettings(options, rank, givenGateKeys),
  checkRanks: checkMlflowRanks,
}
