import type { SinkDeclaration } from 'pino-rank/sink'
import { signalOptionKeys } from 'pino-rank-lines'
import { type FileOptions, fileRanks, fileTargetSettings } from './file-options.ts'
import { ErrorAppender, lightSink } from './line-file/index.ts'

/** Declares the sink to `rankLogger` and to the gate in pino's worker. Loads no code that only an open rank needs. */
export const rank: SinkDeclaration<FileOptions> = {
  ...fileRanks,
  inProcess: true,
  signalOptions: signalOptionKeys,
  check: (options: FileOptions, rank, levels) => void fileTargetSettings(options, rank, { levels }),
  append(options, rank, levels) {
    const [, settings] = fileTargetSettings(options, rank, { open: false, levels })
    const errors = new ErrorAppender(lightSink(settings), settings)
    return (line) => errors.append(line)
  },
}
