import pino from 'pino'
import { type Level, type Levels, levelLabel, levelNumber } from './levels.ts'
import { RankError, rejectUnknownKeys } from './rank-error.ts'

/** A flight recorder: what the gate holds back, for when it is needed. */
export interface RecorderOptions {
  /** How many records a rank keeps: the newest. */
  records: number
  /** Level from which they are kept. @default 'info' */
  level?: Level
}

type LogMethod = (this: object, ...args: unknown[]) => void
type Hook = NonNullable<NonNullable<pino.LoggerOptions['hooks']>['logMethod']>

/** What pino keeps in a logger beside its type. */
interface Insides {
  [pino.symbols.timeSym](): string
  [pino.symbols.chindingsSym]: string
  [pino.symbols.streamSym]: pino.DestinationStream
  [pino.symbols.hooksSym]: { logMethod?: Hook | undefined }
}

interface Held {
  log: Insides
  args: unknown[]
  method: LogMethod
  level: number
  /** As pino writes it, of the call. */
  time: string
}

/** At and above this a record is a reason to write what was held back. */
const error = 50

/**
 * Keeps the newest records of a gated rank that its gate holds back, as they were called: nothing is formatted and nothing written
 * until `dump`. Objects are kept, not copied: who changes one afterwards changes what is written.
 */
export class Recorder {
  /** Level from which records are kept. */
  readonly level: string
  /** The gate's own level: what is below it is held back. */
  gate: string
  readonly #levels: Levels
  readonly #from: number
  readonly #held: (Held | undefined)[]
  #min: number
  #next = 0
  /** Where held records go. */
  destination: (level: string) => pino.DestinationStream | undefined = () => undefined

  /** @throws {RankError} */
  constructor(options: RecorderOptions, gate: string, levels: Levels) {
    rejectUnknownKeys('pino-rank', options, ['records', 'level'], 'option "recorder"')
    const { records, level = 'info' } = options
    if (!Number.isSafeInteger(records) || records < 1) {
      throw new RankError('OPTION_INVALID', {
        package: 'pino-rank',
        at: 'option "recorder.records"',
        expected: 'a whole number from 1',
        received: records,
        fix: 'say how many records a rank keeps, e.g. 1000',
      })
    }
    this.#levels = levels
    this.#from = levelNumber(level, levels, 'option "recorder.level"')
    this.level = levelLabel(this.#from, levels)
    this.#held = new Array(records)
    this.gate = gate
    this.#min = levelNumber(gate, levels, 'level')
  }

  /** Does the gate hold back anything that is to be kept? */
  get holds(): boolean {
    return this.#from < this.#min
  }

  /** @returns the level that the logger needs, where its gate has this one */
  under(gate: string): string {
    this.gate = gate
    this.#min = levelNumber(gate, this.#levels, 'level')
    return this.holds ? this.level : gate
  }

  /** For pino: keeps what is held back, and passes the rest on, behind what was kept where that is an error. */
  hook(own?: Hook): Hook {
    const recorder = this
    return function (args, method, level) {
      if (level < recorder.#min) {
        recorder.#keep({ log: this as never, args, method: method as LogMethod, level, time: timeOf(this as never) })
        return
      }
      if (level >= error) recorder.dump(own)
      if (own) own.call(this, args, method, level)
      else method.apply(this, args)
    }
  }

  /** Writes what is held, with `"recorded":true` and the times of the calls, the oldest first; then it is forgotten. */
  dump(own?: Hook): void {
    const stream = this.destination(this.level)
    const count = this.#held.length
    for (let at = this.#next; at < this.#next + count; at++) {
      const held = this.#held[at % count]
      this.#held[at % count] = undefined
      if (held) write(held, stream, own)
    }
    this.#next = 0
  }

  #keep(held: Held): void {
    this.#held[this.#next++ % this.#held.length] = held
    if (this.#next === 2 * this.#held.length) this.#next = this.#held.length
  }
}

function timeOf(log: Insides): string {
  return log[pino.symbols.timeSym]()
}

/** By the logger itself, but for its time and where it writes to. */
function write({ log, args, method, level, time }: Held, stream: pino.DestinationStream | undefined, own?: Hook): void {
  const marked: Insides = Object.create(log)
  marked[pino.symbols.timeSym] = () => time
  marked[pino.symbols.chindingsSym] = `${log[pino.symbols.chindingsSym]},"recorded":true`
  if (stream) marked[pino.symbols.streamSym] = stream
  if (own) own.call(marked as never, args as never, method as never, level)
  else method.apply(marked, args)
}
