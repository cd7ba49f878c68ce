// A rank that starts and logs one line. Modules other than pino are loaded after the clock has started.
import { statSync } from 'node:fs'
import pino from 'pino'
import { processStatus } from '../../../packages/ranklog-bench/dist/ranks/process-status.js'
import { flushed, ready } from '../destination.ts'

const imported = performance.now()

/** The job of a rank that measures its first line. */
export interface FirstLineJob {
  /** A name in `loggers`. */
  logger: string
  path: string
}

/** The cost until the first line was in the file. On a gated rank: until the call had returned. */
export interface FirstLineSample {
  /** Time since pino was loaded, in ms. */
  firstLine: number
  threads: number
  /** Resident set, in MB. */
  rss: number
}

const loggers: Record<string, (path: string) => Promise<pino.Logger>> = {
  'pino, level silent': async () => pino({ level: 'silent' }),
  'pino/file': async (destination) => pino({ transport: { target: 'pino/file', options: { destination } } }),
  'rankLogger, pino-rank-file': async (path) => {
    const { rankLogger } = await import('pino-rank')
    return rankLogger({ transport: { target: 'pino-rank-file', options: { path } } })
  },
  'rankLogger, fileStream': async (path) => {
    const [{ rankLogger }, { fileStream }] = await Promise.all([import('pino-rank'), import('pino-rank-file')])
    return rankLogger({}, fileStream({ path }))
  },
}

process.channel?.ref()
const { logger, path }: FirstLineJob = JSON.parse(process.argv[2] as string)
const open = loggers[logger]
if (!open) throw new Error(`no logger "${logger}"`)
const log = await open(path)
log.info('first')
if (log.isLevelEnabled('info')) {
  await ready(log)
  do await flushed(log)
  while (!statSync(path, { throwIfNoEntry: false })?.size)
}
const firstLine = performance.now() - imported
const { threads, rss } = processStatus()
process.send?.({ firstLine, threads, rss } satisfies FirstLineSample, () => process.exit())
