import { gateOptionKeys, rejectUnknownKeys, type SinkDeclaration } from 'pino-rank/sink'
import { type FlushOptions, flushOptionKeys, flushSettings, LineStream, type WriterStats } from 'pino-rank-file/writer'
import { StdoutEnd } from './stdout-end.ts'

/** Options of `pino-rank-stdout`, all structured-cloneable. */
export interface StdoutOptions extends FlushOptions {}

export interface StdoutStats extends WriterStats {
  /** Lines longer than 4096 bytes: in a pipe that ranks share they may have torn. */
  oversized: number
}

/** Which ranks write, unless the target says otherwise: all, everything. */
export const rank: SinkDeclaration<StdoutOptions> = {
  ranks: '*',
  others: 'error',
  check: (options: StdoutOptions) => void stdoutSettings(options),
}

/** The stream that {@link stdoutStream} makes. */
export class StdoutStream extends LineStream {
  readonly #stdout: StdoutEnd

  constructor(options: StdoutOptions, stdout: StdoutEnd) {
    super(stdout, rank, { ...stdoutSettings(options), name: 'pino-rank-stdout' })
    this.#stdout = stdout
  }

  override stats(): StdoutStats {
    return { ...super.stats(), oversized: this.#stdout.oversized }
  }
}

/**
 * A pino destination that writes whole lines straight to fd 1, which all ranks may share:
 * `pino(gate({ ranks: '*' }), stdoutStream())`. When nobody reads any more (EPIPE), it stops quietly and counts.
 *
 * @throws {RankError} for options that are wrong, at construction.
 */
export function stdoutStream(options: StdoutOptions = {}): StdoutStream {
  return new StdoutStream(options, new StdoutEnd())
}

function stdoutSettings(options: StdoutOptions): ReturnType<typeof flushSettings> {
  rejectUnknownKeys('pino-rank-stdout', options, [...flushOptionKeys, ...gateOptionKeys])
  return flushSettings('pino-rank-stdout', options)
}
