import type { RankGate, RankOptions } from '../gate/index.ts'
import type { RankSetInput, ResolvedRank } from '../rank/index.ts'
import type { Levels } from '../record/index.ts'

/** The key under which a ready stream carries its {@link SinkDeclaration}. */
export const declarationKey: symbol = Symbol.for('pino-rank')

/**
 * The declaration of a sink. A target module exports it as `rank`. A ready stream has it under `Symbol.for('pino-rank')`. `ranks`
 * and `others` of the target entry override it.
 */
export interface SinkDeclaration<Options = never> {
  /** Ranks on which this sink is open. */
  ranks: RankSetInput
  /** Level from which the other ranks write; `'silent'`: never. */
  others: string | number
  /**
   * Throws what the sink would throw for these options. Opens nothing. `levels` are the logger's. Not called by `rankLogger` if
   * there is an `append`, which checks the same options.
   */
  check?(options: Options, rank: ResolvedRank, levels?: Levels): void
  /**
   * Returns a synchronous append, for a rank on which the target is not open. Throws at once what `check` throws. The append
   * opens nothing before the first line, and leaves no descriptor open. A line ends in `\n`. `rankLogger` calls this on every
   * rank, at construction.
   */
  append?(options: Options, rank: ResolvedRank, levels?: Levels): (line: string) => void
  /**
   * True if the module's default export returns at once a stream that writes on the calling thread, and never blocks it for long.
   * `rankLogger` then calls it in the process. Otherwise, and with `thread: true`, it runs in pino's worker thread.
   */
  inProcess?: boolean
  /**
   * Returns for how long `rankLogger` may buffer lines before it passes them to pino's worker thread together, in ms. It does so if
   * all targets in the thread declare it. While the event loop does not turn, lines wait longer. For a sink that itself buffers its
   * records. @default none
   */
  batchMs?(options: Options): number
  /**
   * Names of options that act at signals of the process, e.g. `reopenOn: 'SIGHUP'`. `rankLogger` refuses them if the target runs
   * in a worker thread, which gets no signals. A signal in one of them does not end a rank, even if the target is not open there.
   */
  signalOptions?: readonly string[]
  /** True for a ready stream that reads `lastLevel`, the level of the record of the next `write`, and no other metadata of pino. */
  takesLevel?: boolean
  /**
   * Throws if several of `ranks` would write to a place that allows one writer. Called on every rank, when the logger is created
   * and before the gate changes. A ready stream checks its own options.
   */
  checkRanks?(ranks: RankSetInput, rank: ResolvedRank, options: Options): void
  /** True if the sink needs the exit code of the process. `rankLogger` then passes it `exitCode`. */
  exit?: boolean
  /** For a target that passes its lines on to another: returns the declaration of the sink behind it. */
  inner?(options: Options): SinkDeclaration | undefined
  /** Called by `rankLogger` before the first line of a ready stream. `open`: whether this rank is one of its entry's `ranks`. */
  opens?(open: boolean): void
}

/** Options that every sink takes besides its own, when it is configured without `rankLogger`. */
export interface GateOptions extends RankOptions, RankGate {
  /** `false`: the logger has already applied the gate and added the rank. Set by `rankLogger`. */
  gate?: false
  /** True if this rank is one of `ranks`. Set by `rankLogger`, and for the sink itself by `openSink`. */
  open?: boolean
  /** Folder that relative paths are resolved against. `rankLogger` sets it to the working directory of its call. */
  cwd?: string
  /**
   * One int32: -1, and from before the end of the workers the exit code of the process. Set by `rankLogger` for a sink with
   * `exit`.
   */
  exitCode?: SharedArrayBuffer
}

/** The names of the {@link GateOptions} that a user may set. */
export const givenGateKeys: readonly string[] = ['rank', 'onBadRank', 'rankKey', 'ranks', 'others', 'level']

/** The names of all {@link GateOptions}, for a sink that checks its option names. */
export const gateOptionKeys: readonly string[] = [...givenGateKeys, 'gate', 'open', 'cwd']
