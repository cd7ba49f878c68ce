import { type GateOptions, openSink, registerSink } from 'pino-rank/sink'
import { appendSink, lineFileStream } from 'pino-rank-file/writer'
import type { LineStream } from 'pino-rank-lines'
import { manifestWriter } from './manifest-owner.ts'
import { rank } from './rank.ts'
import { SplitFile } from './split-file.ts'
import { type SplitOptions, splitRanks, splitTargetSettings } from './split-options.ts'

/** Returns the stream of the pino target `pino-rank-split`. */
export default function splitTarget(options: SplitOptions & GateOptions = {} as never): LineStream {
  return openSink(options, rank, ({ rank: self, open, cwd, ...own }, levels) => {
    const [signals, settings] = splitTargetSettings(own, self, { cwd, levels })
    const file = new SplitFile(settings, self, appendSink, manifestWriter(self))
    return lineFileStream(file, splitRanks, settings, signals)
  })
}

registerSink('pino-rank-split', rank, splitTarget)
