import type { Log } from '../index.ts'

/** The log calls of a rank, which the rank sends to the demo over IPC. */
export interface Sent {
  rank: number
  /** Number of calls of each level. */
  calls: Record<keyof Log, number>
  /** The numbers (`seq`) of the calls at level error, which the gate of every rank lets through. */
  errors: number[]
}

/** Counts log calls and adds their number as `seq`, before it passes them to a logger. A missing number is then a lost record. */
export class NumberedLog implements Log {
  readonly calls: Sent['calls'] = { info: 0, warn: 0, error: 0 }
  readonly errors: number[] = []
  readonly #log: Log
  #seq = 0

  constructor(log: Log) {
    this.#log = log
  }

  info(fields: object, message?: string): void {
    this.calls.info++
    this.#log.info({ seq: this.#seq++, ...fields }, message)
  }

  warn(fields: object, message?: string): void {
    this.calls.warn++
    this.#log.warn({ seq: this.#seq++, ...fields }, message)
  }

  error(fields: object, message?: string): void {
    this.calls.error++
    this.errors.push(this.#seq)
    this.#log.error({ seq: this.#seq++, ...fields }, message)
  }
}
