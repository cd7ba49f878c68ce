import { createRequire } from 'node:module'
import { givenGateKeys, type ResolvedRank, type SinkDeclaration } from 'pino-rank/sink'
import { rejectSignals } from 'pino-rank-file/options'
import { type SplitOptions, splitRanks, splitSettings } from './split-options.ts'

/** What `rankLogger` and the worker's gate read of this target. Loads nothing that writes. */
export const rank: SinkDeclaration<SplitOptions> = {
  ...splitRanks,
  check(options: SplitOptions, rank: ResolvedRank) {
    rejectSignals('pino-rank-split', 'splitStream', options)
    splitSettings(options, rank, givenGateKeys)
  },
  append(options, rank) {
    const settings = splitSettings(options, rank, givenGateKeys)
    let append: ((line: string) => void) | undefined
    return (line) => {
      append ??= load().appendTo(settings, rank)
      append(line)
    }
  },
}

function load(): typeof import('./append.ts') {
  return createRequire(import.meta.url)('./append.js')
}
