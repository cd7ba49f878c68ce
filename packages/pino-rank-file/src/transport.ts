import { type GateOptions, openSink, type ResolvedRank, type SinkDeclaration } from 'pino-rank/sink'
import { append } from './append.ts'
import { type FileOptions, fileRanks, fileSettings } from './file-options.ts'
import { fileStream } from './file-stream.ts'
import { type LineStream, rejectSignals, type SignalOptions } from './writer/index.ts'

/** What `rankLogger` and the worker's gate read of this target. */
export const rank: SinkDeclaration<FileOptions> = {
  ...fileRanks,
  check(options: FileOptions, rank: ResolvedRank) {
    rejectSignals('pino-rank-file', 'fileStream', options as SignalOptions)
    fileSettings(options, rank)
  },
  append,
}

/** The target `pino-rank-file`. */
export default function fileTarget(options: FileOptions & GateOptions = {} as never): LineStream {
  rejectSignals('pino-rank-file', 'fileStream', options as SignalOptions)
  return openSink(options, rank, fileStream)
}
