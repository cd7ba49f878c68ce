import pino from 'pino'
import { streamDeclaration } from '../sink/index.ts'

/** Where pino asks whether a stream wants to know its records. */
const metadata = Symbol.for('pino.metadata')

/** What pino's loggers and such a stream have beyond their types. */
interface Insides {
  [pino.symbols.writeSym](this: object, object: unknown, message: unknown, level: number): void
}
interface Told {
  [metadata]: boolean
  lastLevel?: number | undefined
}

/**
 * Tells a stream that wants it the level of each record, as pino would, but not what pino tells besides: the object, the
 * message, the logger, and the time, for which it cuts a string. That is 0.1 µs of a record's 1.2. Loggers that are made
 * elsewhere and write to the same stream tell it nothing; it then looks for the level itself.
 */
export function tellLevel(log: object, stream: object): void {
  if (!streamDeclaration(stream)?.takesLevel) return
  const told = stream as Told
  const logger = log as Insides
  const write = logger[pino.symbols.writeSym]
  told[metadata] = false
  logger[pino.symbols.writeSym] = function (object, message, level) {
    told.lastLevel = level
    write.call(this, object, message, level)
  }
}
