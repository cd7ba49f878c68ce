import type { SinkDeclaration } from 'pino-rank/sink'
import { ErrorAppender, lightSink } from 'pino-rank-file/append'
import { signalOptionKeys } from 'pino-rank-lines'
import { SplitFile } from './split-file.ts'
import { type SplitOptions, splitRanks, splitTargetSettings } from './split-options.ts'

/** Declares the sink to `rankLogger` and to the gate in pino's worker. Loads no code that only an open rank needs. */
export const rank: SinkDeclaration<SplitOptions> = {
  ...splitRanks,
  inProcess: true,
  signalOptions: signalOptionKeys,
  check: (options: SplitOptions, rank, levels) => void splitTargetSettings(options, rank, { levels }),
  append(options, rank, levels) {
    const [, settings] = splitTargetSettings(options, rank, { levels })
    const file = new SplitFile(settings, rank, lightSink)
    const errors = new ErrorAppender(file, { ...settings, onAttempt: (stats) => file.updateManifest(stats) })
    return (line) => errors.append(line)
  },
}
