import { type GateOptions, openSink } from 'pino-rank/sink'
import { rejectSignals } from 'pino-rank-file/options'
import type { LineStream } from 'pino-rank-file/writer'
import { rank } from './rank.ts'
import type { SplitOptions } from './split-options.ts'
import { splitStream } from './split-stream.ts'

/** The target `pino-rank-split`. */
export default function splitTarget(options: SplitOptions & GateOptions = {} as never): LineStream {
  rejectSignals('pino-rank-split', 'splitStream', options)
  return openSink(options, rank, splitStream)
}
