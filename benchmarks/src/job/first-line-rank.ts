// A rank that starts and logs one line. What it needs besides pino is loaded after the clock has started.
import { statSync } from 'node:fs'
import pino from 'pino'
import { processStatus } from '../../../packages/ranklog-bench/dist/ranks/process-status.js'
import { flushed, ready } from '../destination.ts'

const imported = performance.now()

/** How a rank is started. */
export interface FirstLineJob {
  /** One of the names below. */
  logger: string
  path: string
}

/** What it cost until its first line was in the file; on a gated rank, until the call had returned. */
export interface FirstLineSample {
  /** Since pino was loaded, in ms. */
  firstLine: number
  threads: number
  /** MB. */
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
