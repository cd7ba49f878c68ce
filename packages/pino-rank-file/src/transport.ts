import { type GateOptions, openSink, registerSink } from 'pino-rank/sink'
import type { LineStream } from 'pino-rank-lines'
import { type FileOptions, fileRanks, fileTargetSettings } from './file-options.ts'
import { rank } from './rank.ts'
import { appendSink, lineFileStream } from './writer.ts'

/** The target `pino-rank-file`. */
export default function fileTarget(options: FileOptions & GateOptions = {} as never): LineStream {
  return openSink(options, rank, ({ rank: self, open, cwd, ...own }, levels) => {
    const [signals, settings] = fileTargetSettings(own, self, { open, cwd, levels })
    return lineFileStream(appendSink(settings), fileRanks, settings, signals)
  })
}

registerSink('pino-rank-file', rank, fileTarget)
