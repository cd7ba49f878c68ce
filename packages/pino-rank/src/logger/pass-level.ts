import { type LoggerInternals, symbols } from '../pino-internals.ts'
import { streamDeclaration } from '../sink/index.ts'

/** The property by which a stream asks pino for metadata of its records. Documented by pino. */
const metadata = Symbol.for('pino.metadata')

/** The fields of such a stream. Documented by pino. */
interface MetadataStream {
  [metadata]: boolean
  lastLevel?: number | undefined
}

/**
 * Sets `lastLevel` before each record on a stream that declares `takesLevel`, as pino would. It does not set what pino sets in
 * addition: the object, the message, the logger, and the time, which pino has to cut out of a string. Other loggers that write to
 * the same stream do not set it. The stream then reads the level from the line.
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
