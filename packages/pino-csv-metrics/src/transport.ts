import { type GateOptions, givenGateKeys, openSink } from 'pino-rank/sink'
import type { MetricStream } from 'pino-rank-metrics'
import { streamDeclaration } from 'pino-rank-metrics/sink'
import { type CsvOptions, csvSettings } from './csv-options.ts'
import { runStream } from './csv-stream.ts'
import { rank } from './rank.ts'

/** The target `pino-csv-metrics`. */
export default function csvTarget(options: CsvOptions & GateOptions = {}): MetricStream {
  return openSink(options, rank, ({ rank: self, open, cwd, ...own }) =>
    runStream(csvSettings(own, self, givenGateKeys, cwd), streamDeclaration(rank, own)),
  )
}
