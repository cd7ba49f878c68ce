import { type RankOptions, resolveRank } from 'pino-rank/sink'
import { appendSink, lineFileStream } from 'pino-rank-file/writer'
import { type LevelOptions, type LineStream, signalOptionKeys, splitLevels, splitSignals } from 'pino-rank-lines'
import { manifestWriter } from './manifest-owner.ts'
import { SplitFile } from './split-file.ts'
import { type SplitOptions, splitRanks, splitSettings } from './split-options.ts'

/** Options of {@link splitStream}. */
export interface SplitStreamOptions extends SplitOptions, LevelOptions, Pick<RankOptions, 'rank' | 'onBadRank'> {}

const streamKeys = [...signalOptionKeys, 'customLevels', 'rank', 'onBadRank']

/**
 * Returns a pino destination that appends whole lines to this rank's own file and writes a manifest in the same folder:
 * `pino(gate({ ranks: '*' }), splitStream({ path: 'train.log' }))` writes `train.rank-3.log` on rank 3.
 * The file is opened at the first line. The stream has no gate: it writes every line that the logger passes on.
 *
 * @throws {RankError} for invalid options
 */
export function splitStream(given: SplitStreamOptions): LineStream {
  const [signals, otherOptions] = splitSignals('pino-rank-split', 'splitStream', given)
  const [levels, options] = splitLevels('pino-rank-split', otherOptions)
  const rank = resolveRank(options)
  const settings = splitSettings(options, rank, streamKeys, { levels })
  return lineFileStream(new SplitFile(settings, rank, appendSink, manifestWriter(rank)), splitRanks, settings, signals)
}
