import { givenGateKeys, type ResolvedRank, type SinkDeclaration } from 'pino-rank/sink'
import { type CsvOptions, checkCsvRanks, csvSettings } from './csv-options.ts'

/** Which ranks write, unless the target says otherwise: rank 0 alone. Loads nothing that writes. */
export const rank: SinkDeclaration<CsvOptions> = {
  ranks: '0',
  others: 'silent',
  check: (options: CsvOptions, rank: ResolvedRank) => void csvSettings(options, rank, givenGateKeys),
  checkRanks: checkCsvRanks,
}
