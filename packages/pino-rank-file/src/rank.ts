import { givenGateKeys, type ResolvedRank, type SinkDeclaration } from 'pino-rank/sink'
import { rejectSignals } from 'pino-rank-lines'
import { type FileOptions, fileRanks, fileSettings } from './file-options.ts'
import { ErrorAppender, lightSink } from './line-file/index.ts'

/** The declaration that `rankLogger` and the worker's gate read. Loads nothing that only an open rank needs. */
export const rank: SinkDeclaration<FileOptions> = {
  ...fileRanks,
  check(options: FileOptions, rank: ResolvedRank, levels) {
    rejectSignals('pino-rank-file', 'fileStream', options)
    fileSettings(options, rank, givenGateKeys, { levels })
  },
  append(options, rank, levels) {
    const settings = fileSettings(options, rank, givenGateKeys, { open: false, levels })
    const errors = new ErrorAppender(lightSink(settings), settings)
    return (line) => errors.append(line)
  },
}
