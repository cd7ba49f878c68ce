import { type ResolvedRank, resolveRank } from 'pino-rank/sink'
import { type LevelOptions, type LineSink, LineStream, splitLevels, type WriterStats } from 'pino-rank-lines'
import { CollectorSink, OwnCollector, Pm2Sink, pm2Stdout, StdoutSink } from './client/index.ts'
import { fileIdOf, socketPath } from './collector/index.ts'
import { rank as declaration } from './rank.ts'
import { runOf, type StdoutOptions, type StdoutSettings, stdoutSettings } from './stdout-options.ts'

/** The start window of a collector that a rank starts, in ms. Lines of other ranks may be older than that collector. */
const startWindowMs = 1000

export interface StdoutStats extends WriterStats {
  /** Lines longer than 4096 bytes that were written directly to fd 1. In a pipe that ranks share they may be torn. */
  oversized: number
  /** Lines that may have been written twice, because a collector ended before it acknowledged them. */
  repeated: number
}

/** The stream that {@link stdoutStream} returns. */
export class StdoutStream extends LineStream {
  readonly #stdout: StdoutSink
  readonly #collectorSink: CollectorSink | undefined

  constructor(settings: StdoutSettings, rank: ResolvedRank) {
    const stdout = new StdoutSink(1, { isSole: (rank.localWorldSize ?? rank.worldSize) === 1 })
    const pm2 = pm2Stdout()
    const collector = pm2 ? undefined : collectorSink(stdout, settings, rank)
    const sink: LineSink = pm2 ? new Pm2Sink(pm2) : (collector ?? stdout)
    super(sink, declaration, { ...settings.flush, name: 'pino-rank-stdout', extraFields: { rank: rank.rank } })
    this.#stdout = stdout
    this.#collectorSink = collector
  }

  override stats(): StdoutStats {
    const stats = super.stats()
    // after the end nothing writes the lines that are still pending
    if (this.destroyed) stats.drops += this.#collectorSink?.pendingLines ?? 0
    return { ...stats, oversized: this.#stdout.oversized, repeated: this.#collectorSink?.repeated ?? 0 }
  }
}

function collectorSink(stdout: StdoutSink, settings: StdoutSettings, rank: ResolvedRank): CollectorSink | undefined {
  const run = runOf(settings, rank)
  if (!run || settings.merge === 'never') return undefined
  const { env, pid } = process
  const { collector } = settings
  const isFirst = (rank.localRank ?? rank.rank) === 0
  const ranks = rank.localWorldSize ?? rank.worldSize
  const own =
    collector && isFirst
      ? new OwnCollector(
          { ...run, ...collector.options, ...(ranks && { ranks }), startWindowMs, token: false },
          collector.lingerMs,
        )
      : undefined
  const hello = { rank: rank.rank, pid, out: fileIdOf(1), merge: settings.merge, token: env.RANKLOG_TOKEN }
  const path = () => socketPath(run, env)
  return new CollectorSink(stdout, { hello, ranks, path, own, startsCollector: collector !== undefined })
}

/**
 * Returns a pino destination that writes whole lines to a stdout that all ranks may share: `pino(gate({ ranks: '*' }),
 * stdoutStream())`. It writes through the host's collector if there is one, otherwise directly to fd 1. In PM2's
 * cluster mode it writes to PM2's stdout. If the reader closes the pipe (EPIPE), further lines are counted as dropped.
 *
 * @throws {RankError} for invalid options
 */
export function stdoutStream(given: StdoutOptions & LevelOptions = {}): StdoutStream {
  const [levels, options] = splitLevels('pino-rank-stdout', given)
  return new StdoutStream(stdoutSettings(options, ['customLevels'], levels), resolveRank())
}
