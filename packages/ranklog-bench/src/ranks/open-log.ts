import { appendFileSync, closeSync, fsyncSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { close, ready } from './destination.ts'
import { Lines } from './line.ts'
import type { RankJob } from './rank-job.ts'

/** The log of one rank. */
export interface RankLog {
  /** False if the gate closes this rank. Then its lines are not written. */
  isOpen: boolean
  write(step: number, line: number): void
  /** Waits until all lines are written. */
  close(): Promise<void>
}

type Open = (job: RankJob, lines: Lines) => RankLog | Promise<RankLog>

const openers: Record<string, Open> = {
  'no-op sink': openNoOp,
  'pino/file to one file': (job, lines) => openPino(job, lines, 'pino/file', { destination: sharedFile(job) }),
  'pino/file to N files': (job, lines) => openPino(job, lines, 'pino/file', { destination: ownFile(job) }),
  'pino-roll to N files': (job, lines) => openPino(job, lines, rivalOf(job, 'pino-roll'), { file: ownFile(job) }),
  'winston to one file': (job, lines) => openWinston(job, lines, sharedFile(job)),
  'winston to N files': (job, lines) => openWinston(job, lines, ownFile(job)),
  'appendFileSync to one file': (job, lines) => openAppend(lines, sharedFile(job)),
  'appendFileSync to N files': (job, lines) => openAppend(lines, ownFile(job)),
  'appendFileSync + fsync to N files': (job, lines) => openSynced(lines, ownFile(job)),
  gated: (job, lines) => openOurs(lines, 'pino-rank-file', '0', { path: sharedFile(job), ...eachLine(job) }),
  split: (job, lines) => openOurs(lines, 'pino-rank-split', '*', { path: sharedFile(job), ...eachLine(job) }),
  stdout: (_, lines) => openOurs(lines, 'pino-rank-stdout', '*', {}),
  collected: (_, lines) => openOurs(lines, 'pino-rank-stdout', '*', { collector: { lingerMs: 1000 } }),
}

/** Opens the log of a rank. Returns undefined for the mode without logging. @throws {Error} if there is no such mode */
export async function openLog(job: RankJob): Promise<RankLog | undefined> {
  if (job.mode === 'no logging') return undefined
  const open = openers[job.mode]
  if (!open) throw new Error(`no mode "${job.mode}"`)
  return open(job, new Lines(job.rank, job.lineBytes))
}

function sharedFile({ folder }: RankJob): string {
  return join(folder, 'job.log')
}

function ownFile({ folder, rank }: RankJob): string {
  return join(folder, `job.rank-${rank}.log`)
}

function rivalOf({ rivals, mode }: RankJob, name: string): string {
  const path = rivals[name]
  if (path === undefined) throw new Error(`"${mode}" needs the package ${name}: npm install ${name}`)
  return path
}

/** Returns the options with which our sinks fsync after each line, if the job wants that. */
function eachLine({ fsync }: RankJob): object {
  return fsync ? { fsync: 'flush', flushLevel: 'info' } : {}
}

/** Opens a logger with a transport in pino's worker thread, with pino's default options. */
async function openPino({ rank, fsync }: RankJob, lines: Lines, target: string, options: object): Promise<RankLog> {
  const { default: pino } = await import('pino')
  return pinoLog(
    pino({ base: { rank }, transport: { target, options: { ...options, ...(fsync && { fsync }) } } }),
    lines,
  )
}

async function openOurs(lines: Lines, target: string, ranks: string, options: object): Promise<RankLog> {
  const { rankLogger } = await import('pino-rank')
  return pinoLog(rankLogger({ base: null, transport: { target, ranks, options } }), lines)
}

async function pinoLog(log: import('pino').Logger, lines: Lines): Promise<RankLog> {
  await ready(log)
  return {
    isOpen: log.isLevelEnabled('info'),
    write: (step, line) => log.info(lines.fields(step, line), lines.msg),
    close: () => close(log),
  }
}

/** Opens a winston logger. Its timestamp is a number, which is cheaper than winston's default, a formatted date. */
async function openWinston(job: RankJob, lines: Lines, filename: string): Promise<RankLog> {
  const { default: winston } = await import(pathToFileURL(rivalOf(job, 'winston')).href)
  const { combine, timestamp, json } = winston.format
  const file = new winston.transports.File({ filename })
  const log = winston.createLogger({
    format: combine(timestamp({ format: () => `${Date.now()}` }), json()),
    defaultMeta: { rank: job.rank },
    transports: [file],
  })
  return {
    isOpen: true,
    write: (step, line) => log.info(lines.message, lines.fields(step, line)),
    close: async () => {
      // `end` closes the file at once; records that the logger still buffers would then fail with "write after end"
      while (log.readableLength > 0 || log.writableLength > 0) await turn()
      const closed = new Promise((done) => file.once('finish', done))
      log.end()
      await closed
    },
  }
}

function openAppend(lines: Lines, path: string): RankLog {
  return { isOpen: true, write: (step, line) => appendFileSync(path, lines.text(step, line)), close: async () => {} }
}

function openSynced(lines: Lines, path: string): RankLog {
  const fd = openSync(path, 'a')
  return {
    isOpen: true,
    write(step, line) {
      appendFileSync(fd, lines.text(step, line))
      fsyncSync(fd)
    },
    close: async () => closeSync(fd),
  }
}

/** Opens a log that does nothing. What it costs is the cost of the benchmark, which times each call. */
function openNoOp(): RankLog {
  return { isOpen: true, write: () => {}, close: async () => {} }
}
