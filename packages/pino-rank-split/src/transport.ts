import { type GateOptions, openSink, type ResolvedRank, type SinkDeclaration } from 'pino-rank/sink'
import { type LineStream, rejectSignals, type SignalOptions } from 'pino-rank-file/writer'
import { append } from './append.ts'
import { type SplitOptions, splitRanks, splitSettings } from './split-options.ts'
import { splitStream } from './split-stream.ts'

/** What `rankLogger` and the worker's gate read of this target. */
export const rank: SinkDeclaration<SplitOptions> = {
  ...splitRanks,
  check(options: SplitOptions, rank: ResolvedRank) {
    rejectSignals('pino-rank-split', 'splitStream', options as SignalOptions)
    splitSettings(options, rank)
  },
  append,
}

/** The target `pino-rank-split`. */
export default function splitTarget(options: SplitOptions & GateOptions = {} as never): LineStream {
  rejectSignals('pino-rank-split', 'splitStream', options as SignalOptions)
  return openSink(options, rank, splitStream)
}
