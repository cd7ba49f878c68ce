import { type GateOptions, openSink, registerSink } from 'pino-rank/sink'
import type { LineStream } from 'pino-rank-lines'
import { type FileOptions, fileRanks, fileTargetSettings } from './file-options.ts'
import { rank } from './rank.ts'
import { movableFileStream } from './writer.ts'

/** Returns the stream of the pino target `pino-rank-file`. */
export default function fileTarget(options: FileOptions & GateOptions = {} as never): LineStream {
  return openSink(options, rank, ({ rank: self, open, cwd, ...own }, levels) => {
    const context = { open, cwd, levels }
    const [signals, settings] = fileTargetSettings(own, self, context)
    const settingsAt = (path: string) => fileTargetSettings({ ...own, path }, self, context)[1]
    return movableFileStream(settings, settingsAt, fileRanks, signals)
  })
}

registerSink('pino-rank-file', rank, fileTarget)
