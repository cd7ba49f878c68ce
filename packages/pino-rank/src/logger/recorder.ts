import type pino from 'pino'
import { countText, OptionChecker, thrownText, warnOnce } from '../errors/index.ts'
import { type LoggerInternals, symbols } from '../pino-internals.ts'
import { defaultLevel, type Level, type Levels, levelLabel, levelNumber } from '../record/index.ts'

/** Options of the flight recorder, which holds records below the gate until they are needed. */
export interface RecorderOptions {
  /** Number of records that a rank keeps. The newest are kept. */
  records: number
  /** Level from which they are kept. @default 'info' */
  level?: Level
}

type LogMethod = (this: object, ...args: unknown[]) => void
type Hook = NonNullable<NonNullable<pino.LoggerOptions['hooks']>['logMethod']>

/** Returns the stream for held records, which takes everything from this level on. Undefined means the logger's own stream. */
type Destination = (level: string) => pino.DestinationStream | undefined

interface Held {
  log: LoggerInternals
  args: unknown[]
  method: LogMethod
  level: number
  /** The time of the call, as pino writes it in a line. */
  time: string
}

/** The level of the line that reports unwritten records, if the logger has this level. */
const warn = 40

/** Maximum number of reasons that a report names. */
const maxReasons = 3

/**
 * Keeps the newest records that the gate of a rank holds back. It keeps the arguments of the call: nothing is formatted or
 * written until `dump`. Objects are not copied, so a change after the call is written too.
 */
export class Recorder {
  /** Level from which records are kept. */
  readonly level: string
  /** The level of the gate. Records below it are held back. */
  gate: string
  readonly #levels: Levels
  readonly #from: number
  /** A record at or above this level makes the recorder write the held records first. */
  readonly #error: number
  readonly #held: (Held | undefined)[]
  #min: number
  #next = 0
  #log: LoggerInternals | undefined
  #destination: Destination = () => undefined
  /** The user's own `logMethod` hook. */
  #own: Hook | undefined

  /** @throws {RankError} OPTION_UNKNOWN, OPTION_INVALID, LEVEL_UNKNOWN */
  constructor(options: RecorderOptions, gate: string, levels: Levels) {
    const check = new OptionChecker('pino-rank')
    check.rejectUnknownKeys(options, ['records', 'level'], 'option "recorder"')
    const { records, level = defaultLevel('info', levels) } = options
    if (!Number.isSafeInteger(records) || records < 1) {
      const fix = 'give the number of records that a rank keeps, e.g. 1000'
      throw check.invalid('recorder.records', 'a whole number from 1', records, fix)
    }
    this.#levels = levels
    this.#from = levelNumber(level, levels, 'option "recorder.level"')
    this.#error = levelNumber(defaultLevel('error', levels), levels, 'level')
    this.level = levelLabel(this.#from, levels)
    this.#held = new Array(records)
    this.gate = gate
    this.#min = levelNumber(gate, levels, 'level')
  }

  /** Sets the logger of this recorder, and the destination of held records. */
  attach(log: object, destination: Destination): void {
    this.#log = log as LoggerInternals
    this.#destination = destination
  }

  /** True if the gate holds back records that are to be kept. */
  get isHolding(): boolean {
    return this.#from < this.#min
  }

  /** Sets the level of the gate. @returns the level that the logger needs then */
  setGate(gate: string): string {
    this.gate = gate
    this.#min = levelNumber(gate, this.#levels, 'level')
    return this.isHolding ? this.level : gate
  }

  /**
   * Returns the hook `logMethod` for pino. It keeps records below the gate, and passes all others on. Before an error it writes
   * the held records.
   */
  hook(own?: Hook): Hook {
    const recorder = this
    this.#own = own
    return function (args, method, level) {
      if (level < recorder.#min) {
        recorder.#keep({ log: this as never, args, method: method as LogMethod, level, time: timeOf(this as never) })
        return
      }
      if (level >= recorder.#error) recorder.dump()
      if (own) own.call(this, args, method, level)
      else method.apply(this, args)
    }
  }

  /**
   * Writes the held records, oldest first, with `"recorded":true` and the times of their calls, and forgets them. A record that
   * throws (a getter, a serializer, the user's hook) is skipped. A line in the log reports how many and why. Never throws.
   */
  dump(): void {
    const records = this.#take()
    const [first] = records
    if (!first) return
    const reasons = new Set<string>()
    let unwritten = 0
    const succeeds = (task: () => void) => {
      try {
        task()
        return true
      } catch (thrown) {
        reasons.add(thrownText(thrown))
        return false
      }
    }
    let stream: pino.DestinationStream | undefined
    const isOpen = succeeds(() => {
      stream = this.#destination(this.level)
    })
    for (const held of records) if (!isOpen || !succeeds(() => this.#write(held, stream))) unwritten++
    if (unwritten > 0) this.#report(unwritten, reasons, stream, first.level)
  }

  /** Returns the held records, oldest first, and forgets them. Records kept while these are written stay for the next dump. */
  #take(): Held[] {
    const oldest = this.#next % this.#held.length
    const slots = [...this.#held.slice(oldest), ...this.#held.slice(0, oldest)]
    this.#held.fill(undefined)
    this.#next = 0
    return slots.filter((held) => held !== undefined)
  }

  #keep(held: Held): void {
    this.#held[this.#next++ % this.#held.length] = held
    if (this.#next === 2 * this.#held.length) this.#next = this.#held.length
  }

  /** Writes one record through the logger itself, with the record's own time and stream. */
  #write({ log, args, method, level, time }: Held, stream: pino.DestinationStream | undefined): void {
    const marked: LoggerInternals = Object.create(log)
    marked[symbols.timeSym] = () => time
    marked[symbols.chindingsSym] = `${log[symbols.chindingsSym]},"recorded":true`
    if (stream) marked[symbols.streamSym] = stream
    if (this.#own) this.#own.call(marked as never, args as never, method as never, level)
    else method.apply(marked, args)
  }

  /**
   * Logs how many records are missing and why. Runs no user code, because that may be what threw. If logging fails, emits a
   * process warning.
   */
  #report(count: number, reasons: Set<string>, stream: pino.DestinationStream | undefined, level: number): void {
    const why = [...reasons].slice(0, maxReasons).join('; ')
    const msg = `pino-rank: ${countText(count, 'held record')} could not be written: ${why}`
    try {
      const plain: LoggerInternals = Object.create(this.#log as LoggerInternals)
      plain[symbols.mixinSym] = undefined
      plain[symbols.serializersSym] = {}
      plain[symbols.formattersSym] = { ...plain[symbols.formattersSym], log: undefined }
      if (stream) plain[symbols.streamSym] = stream
      plain[symbols.writeSym]({ unwritten: count }, msg, warn in plain[symbols.lsCacheSym] ? warn : level)
    } catch {
      warnOnce('RANK_RECORDER', msg)
    }
  }
}

function timeOf(log: LoggerInternals): string {
  return log[symbols.timeSym]()
}
