import { LineStream, type WriterStats } from 'pino-rank-file/writer'
import { rank } from './rank.ts'
import { StdoutEnd } from './stdout-end.ts'
import { type StdoutOptions, stdoutSettings } from './stdout-options.ts'

export interface StdoutStats extends WriterStats {
  /** Lines longer than 4096 bytes: in a pipe that ranks share they may have torn. */
  oversized: number
}

/** The stream that {@link stdoutStream} makes. */
export class StdoutStream extends LineStream {
  readonly #stdout: StdoutEnd

  constructor(settings: ReturnType<typeof stdoutSettings>, stdout: StdoutEnd) {
    super(stdout, rank, { ...settings, name: 'pino-rank-stdout' })
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
  return new StdoutStream(stdoutSettings(options), new StdoutEnd())
}
