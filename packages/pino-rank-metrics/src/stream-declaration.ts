import type { SinkDeclaration } from 'pino-rank/sink'

/** Returns what a ready stream declares: what its sink does, checked with the options of this stream. */
export function streamDeclaration<Options extends object>(
  sink: SinkDeclaration<Options>,
  options: Options,
): SinkDeclaration {
  const { check, append, ...declared } = sink
  return { ...declared, checkRanks: (ranks, rank) => sink.checkRanks?.(ranks, rank, options) }
}
