import type { ResolvedRank } from '../rank-info.ts'
import type { RankSetInput } from '../rank-set.ts'

/** The key under which a ready stream carries its {@link SinkDeclaration}. */
export const declarationKey: symbol = Symbol.for('pino-rank')

/**
 * What a sink says of itself: a target module exports it as `rank`, a ready stream carries it under
 * `Symbol.for('pino-rank')`. A target entry's own `ranks` and `others` win over it.
 */
export interface SinkDeclaration<Options = never> {
  /** Ranks on which this sink is open. */
  ranks: RankSetInput
  /** Level from which the other ranks write; `'silent'`: never. */
  others: string | number
  /**
   * The synchronous append of a rank on which nothing is open: checks `options` at once, opens nothing before
   * the first line and keeps no descriptor after it. A line ends in `\n`.
   */
  append?(options: Options, rank: ResolvedRank): (line: string) => void
}

/** Options that every sink takes beside its own, when it is configured without `rankLogger`. */
export interface GateOptions {
  /** Ranks that write from `level`. @default what the sink declares */
  ranks?: RankSetInput
  /** Level from which the other ranks write. @default what the sink declares */
  others?: string | number
  /** Level from which `ranks` write. @default 'trace': the logger's own level decides */
  level?: string | number
  /** Name of the field that holds the rank; inserted into each line. @default 'rank' */
  rankKey?: string
  /** The rank, where the program knows it better than the environment. */
  rank?: ResolvedRank
  /** A malformed rank variable: throw, or warn and write as the unknown rank. @default 'throw' */
  onBadRank?: 'throw' | 'warn'
  /** `false`: the logger in front has decided and named the rank already. Set by `rankLogger`. */
  gate?: false
}
