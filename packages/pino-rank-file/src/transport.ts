import { type GateOptions, openSink } from 'pino-rank/sink'
import type { FileOptions } from './file-options.ts'
import { fileStream } from './file-stream.ts'
import { rank } from './rank.ts'
import type { LineStream } from './writer/index.ts'
import { rejectSignals } from './writer/options.ts'

/** The target `pino-rank-file`. */
export default function fileTarget(options: FileOptions & GateOptions = {} as never): LineStream {
  rejectSignals('pino-rank-file', 'fileStream', options)
  return openSink(options, rank, fileStream)
}
