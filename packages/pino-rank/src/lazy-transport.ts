import { EventEmitter } from 'node:events'
import { reportLine } from './report-line.ts'
import { UnsentLines } from './unsent-lines.ts'

let exiting: boolean | undefined
const waiting = new Set<LazyTransport>()

/** One listener for all loggers, in front of all others: eleven would make node warn. */
function watchExit(): void {
  if (exiting !== undefined) return
  exiting = false
  process.prependOnceListener('exit', () => {
    exiting = true
    for (const transport of waiting) transport.settle()
  })
}

/** How long after a worker failed the next one waits, in ms. A start that is refused at once costs nothing. */
const pauseMs = 1000

/**
 * A destination that starts pino's transport at the first record. Until then: no thread, no file.
 * From then on pino's own guarantee: natural exit, `process.exit`, throw, rejection, handled signals; not SIGKILL or abort.
 *
 * A transport that cannot start, or fails, is reported on stderr and started again by a later record. It ends no program:
 * the record is a gated rank's error. Lines that it had not taken wait for it, within a bound, and the first line behind
 * a loss says how many are missing. A listener for 'error' is told instead of stderr.
 *
 * Emits 'ready' (it takes lines from the start), and 'finish' and 'close' after `end()`.
 */
export class LazyTransport extends EventEmitter {
  /** False after `end()`. */
  writable = true
  readonly #start: () => ThreadStream
  #unsent = new UnsentLines()
  #inner: ThreadStream | undefined
  /** It writes what it was given, and takes no more. */
  #ended: ThreadStream | undefined
  /** It has taken what was written: its thread has loaded the target. */
  #ready = false
  #config: unknown
  #pausedUntil = Number.NEGATIVE_INFINITY
  #fault: Error | undefined

  constructor(start: () => ThreadStream) {
    super()
    this.#start = start
    // pino sends its configuration once, at construction, when no worker is there to hear it
    this.on('message', (message) => {
      this.#config = message
      this.#inner?.emit('message', message)
    })
    watchExit()
    process.nextTick(() => this.emit('ready'))
  }

  /** Has there been a record? */
  get started(): boolean {
    return this.#inner !== undefined
  }

  write(line: string): boolean {
    if (this.#inner && isClosed(this.#inner)) this.#replace(this.#inner)
    const inner = this.#inner ?? this.#open()
    if (!this.#ready) this.#keep(line)
    if (!inner) {
      if (exiting) this.#reportLoss()
      return true
    }
    const more = inner.write(line)
    if (exiting) this.#finish(inner)
    return more
  }

  flush(done?: (error?: Error | null) => void): void {
    if (this.#inner && this.#inner.destroyed !== true) this.#inner.flush(done)
    else done?.(this.#unsent.isEmpty ? undefined : this.#fault)
  }

  flushSync(): void {
    if (this.#inner?.destroyed !== true) this.#inner?.flushSync()
  }

  end(): void {
    if (!this.writable) return
    this.writable = false
    if (this.#inner) {
      this.#ended = this.#inner
      this.#inner.end()
      return
    }
    process.nextTick(() => {
      this.emit('finish')
      this.emit('close')
    })
  }

  /** The same as `end()`: lines that wait are still written. */
  destroy(): void {
    this.end()
  }

  ref(): void {
    this.#inner?.ref?.()
  }

  unref(): void {
    this.#inner?.unref?.()
  }

  /** The process ends: lines that wait are written now or reported as lost. A worker that failed is not tried again. */
  settle(): void {
    if (this.#inner || this.#unsent.isEmpty) return // pino waits for a transport that is there
    const inner = this.#pausedUntil < 0 ? this.#open() : undefined
    if (inner) this.#finish(inner)
    else this.#reportLoss()
  }

  #reportLoss(): void {
    reportLoss(this.#unsent, this.#fault)
  }

  #open(): ThreadStream | undefined {
    if (performance.now() < this.#pausedUntil) return undefined
    let inner: ThreadStream
    try {
      inner = this.#start()
    } catch (error) {
      this.#failed(error as Error)
      return undefined
    }
    this.#inner = inner
    this.#ready = inner.ready === true
    const unsent = this.#unsent
    const failed = (error: Error) => {
      if (unsent !== this.#unsent) reportLoss(unsent, error)
      if (this.#inner !== inner) return
      this.#pausedUntil = performance.now() + pauseMs
      this.#failed(error)
    }
    inner.on('error', failed)
    inner.worker?.on('error', failed) // a thread that could not be made
    inner.on('ready', () => {
      this.#ready = this.#inner === inner
      unsent.clear()
      if (unsent === this.#unsent) waiting.delete(this)
    })
    for (const event of ['drain', 'finish', 'close']) inner.on(event, (value) => this.emit(event, value))
    if (this.#config) inner.emit('message', this.#config)
    const before = unsent.take()
    if (before !== '') inner.write(before)
    if (this.#ready) unsent.clear()
    return inner
  }

  /** One that was ended still writes the lines that it was given: they are its own. One that closed by itself took none. */
  #replace(inner: ThreadStream): void {
    if (inner === this.#ended && !this.#ready) this.#unsent = new UnsentLines()
    this.#leave()
  }

  #leave(): void {
    this.#inner = undefined
    this.#ready = false
  }

  #keep(line: string): void {
    this.#unsent.add(line)
    waiting.add(this)
  }

  #failed(error: Error): void {
    this.#leave()
    if (this.listenerCount('error') > 0) this.emit('error', error)
    else if (this.#fault?.message !== error.message) {
      reportLine(`pino-rank: a target failed: ${error.message}; its lines wait for a later record that starts it again`)
    }
    this.#fault = error
  }

  /** pino listens for an exit that has begun already and would not hear it. */
  #finish(inner: ThreadStream): void {
    try {
      inner.flushSync()
      inner.end()
      this.#unsent.clear()
    } catch (error) {
      this.#failed(error as Error)
    }
    this.#leave()
    this.#reportLoss()
  }
}

function reportLoss(unsent: UnsentLines, fault: Error | undefined): void {
  const lost = unsent.lose()
  if (lost > 0) reportLine(`pino-rank: ${lost === 1 ? '1 line' : `${lost} lines`} lost: ${fault?.message}`)
}

/** Does it take no more? A thread's stream says so by `writable`, pino's own destination by `destroyed`. */
function isClosed({ writable, destroyed }: ThreadStream): boolean {
  return writable === false || destroyed === true
}

/** What pino's transports have beyond their type. */
export interface ThreadStream extends NodeJS.EventEmitter {
  /** The thread; thread-stream listens for its end alone. */
  worker?: NodeJS.EventEmitter
  /** Has it taken what was written? Otherwise it emits 'ready' when it has. */
  ready?: boolean
  /** Has it neither ended nor failed? */
  writable?: boolean
  destroyed?: boolean
  write(line: string): boolean
  flush(done?: (error?: Error | null) => void): void
  flushSync(): void
  end(): void
  ref?(): void
  unref?(): void
}
