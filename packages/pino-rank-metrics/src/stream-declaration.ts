import type { SinkDeclaration } from 'pino-rank/sink'

/** Returns the declaration of a ready stream: its sink's declaration, with this stream's options for the checks. */
export function streamDeclaration<Options extends object>(
  sink: SinkDeclaration<Options>,
  options: Options,
): SinkDeclaration {
  const { check, append, ...declared } = sink
  return { ...declared, checkRanks: (ranks, rank) => sink.checkRanks?.(ranks, rank, options) }
}
