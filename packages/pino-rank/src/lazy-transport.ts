import { EventEmitter } from 'node:events'

let exiting: boolean | undefined

/** One listener for all loggers, in front of all others: eleven would make node warn. */
function watchExit(): void {
  if (exiting !== undefined) return
  exiting = false
  process.prependOnceListener('exit', () => {
    exiting = true
  })
}

/**
 * A destination that starts pino's transport at the first record. Until then: no thread, no file.
 * From then on pino's own guarantee: natural exit, `process.exit`, throw, rejection, handled signals; not SIGKILL or abort.
 */
export class LazyTransport extends EventEmitter {
  readonly writable = true
  readonly #start: () => ThreadStream
  #inner: ThreadStream | undefined
  #config: unknown

  constructor(start: () => ThreadStream) {
    super()
    this.#start = start
    // pino sends its configuration once, at construction, when no worker is there to hear it
    this.on('message', (message) => {
      this.#config = message
      this.#inner?.emit('message', message)
    })
    watchExit()
  }

  /** Has there been a record? */
  get started(): boolean {
    return this.#inner !== undefined
  }

  write(line: string): boolean {
    this.#inner ??= this.#open()
    const more = this.#inner.write(line)
    if (exiting) {
      // pino listens for an exit that has begun already and would not hear it
      this.#inner.flushSync()
      this.#inner.end()
      this.#inner = undefined
    }
    return more
  }

  flush(done?: (error?: Error | null) => void): void {
    if (this.#inner) this.#inner.flush(done)
    else done?.()
  }

  flushSync(): void {
    this.#inner?.flushSync()
  }

  end(): void {
    if (this.#inner) this.#inner.end()
    else this.emit('close')
  }

  #open(): ThreadStream {
    const inner = this.#start()
    for (const event of ['ready', 'drain', 'finish', 'close', 'error']) {
      inner.on(event, (value) => this.emit(event, value))
    }
    if (this.#config) inner.emit('message', this.#config)
    return inner
  }
}

/** What pino's transports have beyond their type. */
export interface ThreadStream extends NodeJS.EventEmitter {
  write(line: string): boolean
  flush(done?: (error?: Error | null) => void): void
  flushSync(): void
  end(): void
}
