import pino from 'pino'
import { rankLogger } from 'pino-rank'
import { fileStream } from 'pino-rank-file'
import { splitStream } from 'pino-rank-split'

/** How a rank of a job logs. */
export interface Logging {
  /** A name in `loggings`. */
  logging: string
  rank: number
  /** Path of the file that all ranks share. */
  shared: string
  /** Path of the file of this rank. */
  own: string
  /** Options of the sink besides its path. Only our sinks have some. */
  options?: object
}

const pinoFile = (destination: string, rank: number, level = 'info') =>
  pino({ level, base: { rank }, transport: { target: 'pino/file', options: { destination } } })

const ours = (target: string, path: string, options?: object) =>
  rankLogger({ base: null, transport: { target, ranks: '0', options: { path, ...options } } })

const loggings: Record<string, (job: Logging) => pino.Logger | undefined> = {
  'no logging': () => undefined,
  'pino/file to one file': ({ shared, rank }) => pinoFile(shared, rank),
  'pino/file to N files': ({ own, rank }) => pinoFile(own, rank),
  'pino/file, rank 0 by hand': ({ shared, rank }) => pinoFile(shared, rank, rank === 0 ? 'info' : 'silent'),
  'rankLogger, pino-rank-file': ({ shared, options }) => ours('pino-rank-file', shared, options),
  'rankLogger, fileStream': ({ shared, options }) =>
    rankLogger({ base: null }, fileStream({ path: shared, ...options })),
  'rankLogger, pino-rank-split': ({ shared, options }) => ours('pino-rank-split', shared, options),
  'rankLogger, splitStream': ({ shared, options }) =>
    rankLogger({ base: null, ranks: '0' }, splitStream({ path: shared, ...options })),
}

/** Opens the logger with this name. Returns undefined for "no logging". @throws {Error} if the name is unknown */
export function openLogging(job: Logging): pino.Logger | undefined {
  const open = loggings[job.logging]
  if (!open) throw new Error(`no logging "${job.logging}"`)
  return open(job)
}
