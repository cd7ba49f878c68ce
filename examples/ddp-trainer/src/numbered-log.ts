import type { Log } from './index.ts'

/** What a rank gave its logger, told to the demo over IPC. */
export interface Sent {
  rank: number
  /** Calls of each level. */
  calls: Record<keyof Log, number>
  /** The numbers of the calls that every rank's gate lets through. */
  errors: number[]
}

/** Numbers (`seq`) and counts the calls before the logger sees them, so that what is lost behind it is missed. */
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
