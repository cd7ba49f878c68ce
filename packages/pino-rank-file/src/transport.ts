import { type GateOptions, givenGateKeys, openSink } from 'pino-rank/sink'
import { type LineStream, rejectSignals } from 'pino-rank-lines'
import { type FileOptions, fileRanks, fileSettings } from './file-options.ts'
import { rank } from './rank.ts'
import { appendSink, lineFileStream } from './writer.ts'

/** The target `pino-rank-file`. */
export default function fileTarget(options: FileOptions & GateOptions = {} as never): LineStream {
  rejectSignals('pino-rank-file', 'fileStream', options)
  return openSink(options, rank, ({ rank: self, open, cwd, ...own }, levels) => {
    const settings = fileSettings(own, self, givenGateKeys, { open, cwd, levels })
    return lineFileStream(appendSink(settings), fileRanks, settings)
  })
}
