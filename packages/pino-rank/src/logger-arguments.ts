import { RankError } from './rank-error.ts'
import type { RankLoggerOptions } from './rank-logger.ts'
import { isStream, type RankTransport, type TargetEntry } from './rank-transport.ts'

/** What `rankLogger` was called with. */
export interface LoggerArguments<CustomLevels extends string> {
  options: RankLoggerOptions<CustomLevels>
  /** The second argument, or a first one that is a destination: a stream, or the name of a file. */
  destination: Pick<TargetEntry, 'stream' | 'file'> | undefined
  /** What is false is none, as with pino. */
  transport: RankTransport | undefined
}

/**
 * The arguments as pino takes them: options and a destination, either of which may be left out.
 *
 * @throws {RankError} OPTION_INVALID, where pino would throw, or write nowhere
 */
export function readArguments<CustomLevels extends string>(
  first: unknown,
  second: unknown,
): LoggerArguments<CustomLevels> {
  const alone = destinationOf(first)
  if (alone) return { options: {}, destination: alone, transport: undefined }
  const options = (first ?? {}) as RankLoggerOptions<CustomLevels>
  if (first === null || typeof options !== 'object' || Array.isArray(options)) {
    throw invalid('rankLogger() options', 'an object of options, or a stream', first)
  }
  const destination = destinationOf(second)
  if (!destination && (second || second === '')) {
    throw invalid('rankLogger() stream', 'a stream with write(), or the name of a file', second)
  }
  const transport = options.transport || undefined
  if (transport && destination) {
    throw new RankError('OPTION_INVALID', {
      package: 'pino-rank',
      at: 'options.transport',
      expected: 'a transport or a stream',
      received: ['transport', 'stream'],
      fix: 'put the stream into transport.targets as { stream }',
    })
  }
  return { options, destination, transport }
}

function destinationOf(value: unknown): LoggerArguments<never>['destination'] {
  if (typeof value === 'string' && value !== '') return { file: value }
  return isStream(value) ? { stream: value } : undefined
}

function invalid(at: string, expected: string, received: unknown): RankError {
  return new RankError('OPTION_INVALID', { package: 'pino-rank', at, expected, received, fix: 'give one, or nothing' })
}
