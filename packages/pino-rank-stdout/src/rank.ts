import { givenGateKeys, type SinkDeclaration } from 'pino-rank/sink'
import { runOf, type StdoutOptions, stdoutSettings } from './stdout-options.ts'

/**
 * Declares the sink to `rankLogger` and to the gate in pino's worker: by default all ranks write all lines. Loads no
 * code that writes.
 */
export const rank: SinkDeclaration<StdoutOptions> = {
  ranks: '*',
  others: 'error',
  inProcess: true,
  check: (options: StdoutOptions, rank, levels) => void runOf(stdoutSettings(options, givenGateKeys, levels), rank),
}
