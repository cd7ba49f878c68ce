import type { SinkDeclaration } from 'pino-rank/sink'
import { metricRank } from 'pino-rank-metrics/options'
import { type CsvOptions, checkCsvRanks, csvSettings } from './csv-options.ts'

/** Which ranks write, unless the target says otherwise: rank 0 alone. Loads nothing that writes. */
export const rank: SinkDeclaration<CsvOptions> = metricRank(csvSettings, {
  checkRanks: checkCsvRanks,
})
