import { type RankOptions, resolveRank } from 'pino-rank/sink'
import { type LevelOptions, type LineStream, signalOptionKeys, splitLevels, splitSignals } from 'pino-rank-lines'
import { type FileOptions, type FileOwners, fileRanks, fileSettings } from './file-options.ts'
import { movableFileStream } from './writer.ts'

/**
 * Options of {@link fileStream}. If your own gate opens other ranks than rank 0, give its `ranks` here too: on a
 * network file system all other ranks write their errors to files of their own. `rankLogger` passes its ranks itself.
 */
export interface FileStreamOptions
  extends FileOptions,
    FileOwners,
    LevelOptions,
    Pick<RankOptions, 'rank' | 'onBadRank'> {}

const streamKeys = [...signalOptionKeys, 'customLevels', 'ranks', 'rank', 'onBadRank']

/**
 * Returns a pino destination that appends whole lines to one file, which ranks of one host may share:
 * `pino(gate(), fileStream({ path: 'train.log' }))`, or as a target of `rankLogger`: `{ stream: fileStream(…) }`.
 * The file is opened at the first line. The stream has no gate: it writes every line that the logger passes on.
 *
 * @throws {RankError} for invalid options
 */
export function fileStream(given: FileStreamOptions): LineStream {
  const [signals, otherOptions] = splitSignals('pino-rank-file', 'fileStream', given)
  const [levels, options] = splitLevels('pino-rank-file', otherOptions)
  const rank = resolveRank(options)
  let isOpen: boolean | undefined
  const settings = fileSettings(options, rank, streamKeys, { levels })
  const settingsAt = (path: string) => fileSettings({ ...options, path }, rank, streamKeys, { levels, open: isOpen })
  const { shared } = settings
  const opens = (open: boolean) => {
    if (options.ranks !== undefined) return
    isOpen = open
    if (shared) shared.open = open
  }
  return movableFileStream(settings, settingsAt, { ...fileRanks, opens }, signals)
}
