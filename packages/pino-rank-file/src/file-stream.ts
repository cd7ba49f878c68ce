import { type RankOptions, resolveRank } from 'pino-rank/sink'
import { type LevelOptions, type LineStream, signalOptionKeys, splitLevels, splitSignals } from 'pino-rank-lines'
import { type FileOptions, type FileOwners, fileRanks, fileSettings } from './file-options.ts'
import { movableFileStream } from './writer.ts'

/**
 * Options of {@link fileStream}. `ranks` are those of the gate in front, where they are not `'0'` and `rankLogger`
 * does not say them: on a network file system the others write their errors to files of their own.
 */
export interface FileStreamOptions
  extends FileOptions,
    FileOwners,
    LevelOptions,
    Pick<RankOptions, 'rank' | 'onBadRank'> {}

const streamKeys = [...signalOptionKeys, 'customLevels', 'ranks', 'rank', 'onBadRank']

/**
 * A pino destination that appends whole lines to one file, which ranks of one host may share:
 * `pino(gate(), fileStream({ path: 'train.log' }))`, or a target of `rankLogger`: `{ stream: fileStream(…) }`.
 * It opens at the first byte and writes all that it is given: the gate is the logger's.
 *
 * @throws {RankError} for options that are wrong, at construction.
 */
export function fileStream(given: FileStreamOptions): LineStream {
  const [signals, unsignalled] = splitSignals('pino-rank-file', 'fileStream', given)
  const [levels, options] = splitLevels('pino-rank-file', unsignalled)
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
