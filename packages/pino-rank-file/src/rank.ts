import { createRequire } from 'node:module'
import { givenGateKeys, type ResolvedRank, type SinkDeclaration } from 'pino-rank/sink'
import { type FileOptions, fileRanks, fileSettings } from './file-options.ts'
import { rejectSignals } from './writer/options.ts'

/** What `rankLogger` and the worker's gate read of this target. Loads nothing that writes. */
export const rank: SinkDeclaration<FileOptions> = {
  ...fileRanks,
  check(options: FileOptions, rank: ResolvedRank) {
    rejectSignals('pino-rank-file', 'fileStream', options)
    fileSettings(options, rank, givenGateKeys)
  },
  append(options, rank) {
    const settings = fileSettings(options, rank, givenGateKeys, { open: false })
    let append: ((line: string) => void) | undefined
    return (line) => {
      append ??= load().appendTo(settings)
      append(line)
    }
  },
}

function load(): typeof import('./append.ts') {
  return createRequire(import.meta.url)('./append.js')
}
