import type { RankGate, RankOptions } from '../gate/index.ts'
import type { RankSetInput, ResolvedRank } from '../rank/index.ts'
import type { Levels } from '../record/index.ts'

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
   * Throws what the sink would throw for these options. Opens nothing. `levels` are the logger's. `rankLogger` does not call it
   * if there is an `append`, which checks the same options.
   */
  check?(options: Options, rank: ResolvedRank, levels?: Levels): void
  /**
   * The synchronous append of a rank on which the target is not open: throws at once what `check` throws, opens nothing before
   * the first line and keeps no descriptor after it. A line ends in `\n`. This rank is none of the entry's `ranks`.
   * `rankLogger` calls it on every rank, at construction.
   */
  append?(options: Options, rank: ResolvedRank, levels?: Levels): (line: string) => void
  /**
   * The module's default export returns a stream at once that writes on the calling thread, and never makes it wait for long:
   * `rankLogger` calls it in the process. Otherwise, and with `thread: true`, it runs in pino's worker thread.
   */
  inProcess?: boolean
  /**
   * Options that act at signals of the process, e.g. `reopenOn: 'SIGHUP'`. `rankLogger` refuses them where the target runs in a worker
   * thread, which gets none. A signal that one of them names ends no rank, also not one on which the target is not open.
   */
  signalOptions?: readonly string[]
  /** A ready stream that reads `lastLevel`, the level of the record of the next `write`, and no more of pino's metadata. */
  takesLevel?: boolean
  /**
   * Throws if several of `ranks` would write to a place that allows one writer. Called on every rank, when the logger is
   * created and before the gate changes. A ready stream uses its own options.
   */
  checkRanks?(ranks: RankSetInput, rank: ResolvedRank, options: Options): void
  /** It wants to know how the process ends: `rankLogger` hands it `exitCode`. */
  exit?: boolean
  /** Returns the declaration of the sink behind this target, for a target that passes its lines on to another. */
  inner?(options: Options): SinkDeclaration | undefined
  /** Called by `rankLogger` before the first line of a ready stream. `open`: this rank is one of its entry's `ranks`. */
  opens?(open: boolean): void
}

/** Options that every sink takes besides its own, when it is configured without `rankLogger`. */
export interface GateOptions extends RankOptions, RankGate {
  /** `false`: the logger in front has decided and named the rank already. Set by `rankLogger`. */
  gate?: false
  /** Is this rank one of `ranks`? Set by `rankLogger`, and for the sink itself by `openSink`. */
  open?: boolean
  /** Folder that relative paths are resolved against. `rankLogger` sets it to the working directory of its call. */
  cwd?: string
  /** One int32: -1, and the process's exit code before its workers are ended. Set by `rankLogger` for a sink that asks. */
  exitCode?: SharedArrayBuffer
}

/** The names of those {@link GateOptions} that are a user's to give. */
export const givenGateKeys: readonly string[] = ['rank', 'onBadRank', 'rankKey', 'ranks', 'others', 'level']

/** The names of all {@link GateOptions}, for a sink that checks its option names. */
export const gateOptionKeys: readonly string[] = [...givenGateKeys, 'gate', 'open', 'cwd']
