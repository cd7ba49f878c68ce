import type pino from 'pino'
import { OptionChecker } from '../errors/index.ts'
import type { RankGate, RankOptions } from '../gate/index.ts'
import { isStream, type RankTransport, type TargetEntry } from './rank-transport.ts'
import type { RecorderOptions } from './recorder.ts'

/** pino's own options, with options for the ranks, also in each target. */
export interface RankLoggerOptions<CustomLevels extends string = never>
  extends Omit<pino.LoggerOptions<CustomLevels>, 'transport' | 'level'>,
    RankOptions,
    RankGate {
  transport?: RankTransport | null | false | undefined
  /**
   * The signal, e.g. `'SIGUSR2'`, at which a gated rank opens as if it were one of `ranks`, child loggers included. The next
   * signal gates it again. An open rank does not change. Main thread only. Costs a weak reference for each child with a level of
   * its own (under pino 9: for each child).
   * @default none
   */
  gateSignal?: NodeJS.Signals
  /**
   * Keeps the newest records that the gate of this rank holds back, unformatted, and writes them with `"recorded":true` before an
   * error of this rank, and at `gateSignal`. A call that is held back is then no longer a no-op. Costs nothing on a rank that is
   * open at the start.
   * @default none
   */
  recorder?: RecorderOptions
}

/** A stream that pino can write to, or a file name. */
export type Destination = pino.DestinationStream | string

const check = new OptionChecker('pino-rank', 'give one, or nothing')

/** The arguments of a `rankLogger` call. */
export interface LoggerArguments<CustomLevels extends string> {
  options: RankLoggerOptions<CustomLevels>
  /** The second argument, or a first argument that is a stream or a file name. */
  destination: Pick<TargetEntry, 'stream' | 'file'> | undefined
  /** A falsy value means no transport, as with pino. */
  transport: RankTransport | undefined
}

/**
 * Reads the arguments as pino does: options and a destination, each optional.
 *
 * @throws {RankError} OPTION_INVALID for arguments for which pino would throw or write nothing
 */
export function readArguments<CustomLevels extends string>(
  first: unknown,
  second: unknown,
): LoggerArguments<CustomLevels> {
  const alone = destinationOf(first)
  if (alone) return { options: {}, destination: alone, transport: undefined }
  const options = (first ?? {}) as RankLoggerOptions<CustomLevels>
  if ((first === null && !second) || typeof options !== 'object' || Array.isArray(options)) {
    throw check.invalidAt('rankLogger() options', 'an object of options, or a stream', first)
  }
  const destination = destinationOf(second)
  if (!destination && (second || second === '')) {
    throw check.invalidAt('rankLogger() stream', 'a stream with write(), or the name of a file', second)
  }
  const transport = options.transport || undefined
  if (transport && destination) {
    const fix = 'put the stream into transport.targets as { stream }'
    throw check.invalidAt('options.transport', 'a transport or a stream', ['transport', 'stream'], fix)
  }
  return { options: { ...options }, destination, transport } // like pino, without inherited options, except the transport
}

function destinationOf(value: unknown): LoggerArguments<never>['destination'] {
  if (typeof value === 'string' && value !== '') return { file: value }
  return isStream(value) ? { stream: value } : undefined
}
