import { givenGateKeys, type SinkDeclaration } from 'pino-rank/sink'
import { runOf, type StdoutOptions, stdoutSettings } from './stdout-options.ts'

/** Which ranks write, unless the target says otherwise: all, everything. Loads nothing that writes. */
export const rank: SinkDeclaration<StdoutOptions> = {
  ranks: '*',
  others: 'error',
  inProcess: true,
  check: (options: StdoutOptions, rank, levels) => void runOf(stdoutSettings(options, givenGateKeys, levels), rank),
}
