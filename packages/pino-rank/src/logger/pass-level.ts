import { type LoggerInternals, symbols } from '../pino-internals.ts'
import { streamDeclaration } from '../sink/index.ts'

/** Where pino asks whether a stream wants to know its records. Documented. */
const metadata = Symbol.for('pino.metadata')

/** What such a stream has beyond its type. Documented. */
interface MetadataStream {
  [metadata]: boolean
  lastLevel?: number | undefined
}

/**
 * Passes the level of each record to a stream that wants it, as pino would. It does not pass what pino passes besides: the
 * object, the message, the logger, and the time, for which pino cuts a string. Loggers that are made elsewhere and write to the
 * same stream pass nothing; the stream then reads the level from the line.
 */
export function passLevel(log: object, stream: object): void {
  if (!streamDeclaration(stream)?.takesLevel) return
  const target = stream as MetadataStream
  const logger = log as LoggerInternals
  const write = logger[symbols.writeSym]
  target[metadata] = false
  logger[symbols.writeSym] = function (object, message, level) {
    target.lastLevel = level
    write.call(this, object, message, level)
  }
}
