import pino from 'pino'
import { rankLogger } from 'pino-rank'
import { fileStream } from 'pino-rank-file'
import { splitStream } from 'pino-rank-split'
import winston from 'winston'
import { ready } from './destination.ts'
import { writeLine, writeWinstonLine } from './fixed-line.ts'
import { appendWriter, bareWriter, sonicWriter } from './main-thread-streams.ts'

/** Logs one line. */
export type Write = (step: number, line: number) => void

/** Opens a logger. @param options options of the sink besides its path. Only our sinks have some. */
type Logger = (path: string, rank: number, options?: object) => pino.Logger

const toTransport = (rank: number, target: string, options: object) =>
  pino({ base: { rank }, transport: { target, options } })

const toDestination = (rank: number, destination: pino.DestinationStream) => pino({ base: { rank } }, destination)

const ours = { base: null } // rankLogger adds the rank, so the lines are the same

const pinoLoggers: Record<string, Logger> = {
  'no-op stream': (_, rank) => toDestination(rank, { write() {} }),
  fileStream: (path, _, options) => rankLogger({ ...ours, ranks: '*' }, fileStream({ path, ...options })),
  'fileStream, plain pino': (path, rank) => toDestination(rank, fileStream({ path })),
  splitStream: (path) => rankLogger(ours, splitStream({ path })),
  'pino-rank-file, rankLogger': (path, _, options) =>
    rankLogger({ ...ours, transport: { target: 'pino-rank-file', ranks: '*', options: { path, ...options } } }),
  'pino-rank-file, pure JSON': (path) =>
    pino({ base: null, transport: { target: 'pino-rank-file', options: { path, ranks: '*' } } }),

  'pino/file': (destination, rank) => toTransport(rank, 'pino/file', { destination }),
  'pino.destination, sync': (dest, rank) => toDestination(rank, pino.destination({ dest, sync: true })),
  'pino.destination, async, 4 KiB': (dest, rank) =>
    toDestination(rank, pino.destination({ dest, sync: false, minLength: 4096 })),
  'pino-roll': (file, rank) => toTransport(rank, 'pino-roll', { file }),

  'join, encode, write': (path, rank) => toDestination(rank, bareWriter(path)),
  'line writer, append sink': (path, rank) => toDestination(rank, appendWriter(path)),
  'line writer, sonic-boom sink': (path, rank) => toDestination(rank, sonicWriter(path)),
  'pino.destination, sync, 16 KiB': (dest, rank) =>
    toDestination(rank, pino.destination({ dest, sync: true, minLength: 16383 })), // the maximum that it accepts
}

/** Opens the logger with this name, and waits until it is ready. Its other options are defaults. @throws {Error} for an unknown name */
export async function openWriter(name: string, path: string, rank: number, options?: object): Promise<Write> {
  if (name === 'winston') return openWinston(path, rank)
  const open = pinoLoggers[name]
  if (!open) throw new Error(`no writer "${name}"`)
  const log = open(path, rank, options)
  await ready(log)
  return (step, line) => writeLine(log, step, line)
}

function openWinston(filename: string, rank: number): Write {
  const log = winston.createLogger({
    format: winston.format.combine(winston.format.timestamp(), winston.format.json()),
    defaultMeta: { rank },
    transports: [new winston.transports.File({ filename })],
  })
  return (step, line) => writeWinstonLine(log, step, line)
}
