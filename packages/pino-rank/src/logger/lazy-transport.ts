import { EventEmitter } from 'node:events'
import { countText, reportLine } from '../errors/index.ts'
import type { ThreadStream } from '../pino-internals.ts'
import { atExitFirst } from '../process/index.ts'
import { UnsentLines } from './unsent-lines.ts'

/** Undefined until there is an 'exit' listener. */
let isExiting: boolean | undefined
const unsentTransports = new Set<LazyTransport>()

/** Adds one 'exit' listener for all loggers, before all other listeners. With one for each logger, Node would warn about a leak. */
function watchExit(): void {
  if (isExiting !== undefined) return
  isExiting = false
  const remove = atExitFirst(() => {
    remove()
    isExiting = true
    for (const transport of unsentTransports) transport.flushAtExit()
  })
}

/** Pause before the next start after a worker failed, in ms. A start that throws needs no pause, because it costs little. */
const pauseMs = 1000

/**
 * A destination that starts pino's transport, or opens a sink's stream, at the first record. Until then there is no thread and no
 * open file. After that pino's guarantee holds: lines survive natural exit, `process.exit`, uncaught errors, rejections and
 * handled signals, but not SIGKILL or abort.
 *
 * A transport that cannot start, or fails, is reported on stderr, and a later record starts it again. It does not end the
 * program, because its records are the errors of a gated rank. Lines that it had not taken are buffered up to a limit. A record
 * after them reports how many lines were dropped. A listener for 'error' replaces the report on stderr.
 *
 * Emits 'ready' on the next tick, because it takes lines from the start. Emits 'finish' and 'close' after `end()`.
 */
export class LazyTransport extends EventEmitter {
  /** False after `end()`. */
  writable = true
  readonly #start: () => ThreadStream
  #unsent = new UnsentLines()
  #inner: ThreadStream | undefined
  /** The ended transport. It still writes what it was given, but takes no more lines. */
  #ended: ThreadStream | undefined
  /** True once the thread has loaded the target and has taken what was written. */
  #ready = false
  #config: unknown
  /** Time before which no transport is started, on the clock of `performance.now()`. Infinite if none has failed. */
  #pausedUntil = Number.NEGATIVE_INFINITY
  #fault: Error | undefined

  constructor(start: () => ThreadStream) {
    super()
    this.#start = start
    // pino sends its configuration once, at construction, before there is a worker to receive it
    this.on('message', (message) => {
      this.#config = message
      this.#inner?.emit('message', message)
    })
    watchExit()
    process.nextTick(() => this.emit('ready'))
  }

  /** True while there is a transport, that is, after the first record. */
  get isStarted(): boolean {
    return this.#inner !== undefined
  }

  write(line: string): boolean {
    if (this.#inner && isClosed(this.#inner)) this.#replace(this.#inner)
    const inner = this.#inner ?? this.#open()
    if (!this.#ready) this.#bufferLine(line)
    if (!inner) {
      if (isExiting) this.#reportLoss()
      return true
    }
    const more = inner.write(line)
    if (isExiting) this.#flushAndEnd(inner)
    return more
  }

  flush(done?: (error?: Error | null) => void): void {
    if (this.#inner && this.#inner.destroyed !== true) this.#inner.flush(done)
    else done?.(this.#unsent.isEmpty ? undefined : this.#fault)
  }

  flushSync(): void {
    if (this.#inner?.destroyed !== true) this.#inner?.flushSync?.()
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

  /** Same as `end()`: buffered lines are still written. */
  destroy(): void {
    this.end()
  }

  ref(): void {
    this.#inner?.ref?.()
  }

  unref(): void {
    this.#inner?.unref?.()
  }

  /** Called at exit. Writes buffered lines, or reports them as lost. Does not restart a worker that failed. */
  flushAtExit(): void {
    if (this.#inner || this.#unsent.isEmpty) return // pino itself waits for a running transport
    const inner = Number.isFinite(this.#pausedUntil) ? undefined : this.#open()
    if (inner) this.#flushAndEnd(inner)
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
      this.#fail(error as Error)
      return undefined
    }
    this.#inner = inner
    this.#ready = inner.ready === true
    const unsent = this.#unsent
    const onFailure = (error: Error) => {
      if (unsent !== this.#unsent) reportLoss(unsent, error) // these lines had only this transport, which was ended
      if (this.#inner !== inner) return
      this.#pausedUntil = performance.now() + pauseMs
      this.#fail(error)
    }
    inner.on('error', onFailure)
    const flushSync = inner.flushSync?.bind(inner)
    // pino calls `flushSync` before the exit. If the target has failed, it throws, and 'error' may not have been emitted yet
    if (flushSync) {
      inner.flushSync = () => {
        try {
          flushSync()
        } catch (error) {
          onFailure(error as Error)
        }
      }
    }
    inner.worker?.on('error', onFailure) // the thread could not be created
    inner.on('ready', () => {
      this.#ready = this.#inner === inner
      unsent.clear()
      if (unsent === this.#unsent) unsentTransports.delete(this)
    })
    for (const event of ['drain', 'finish', 'close']) inner.on(event, (value) => this.emit(event, value))
    if (this.#config) inner.emit('message', this.#config)
    const text = unsent.take()
    if (text !== '') inner.write(text)
    if (this.#ready) unsent.clear()
    return inner
  }

  /**
   * Detaches a closed transport, so that the next line starts a new one. A transport that was ended still writes the lines that
   * it was given, so the new one must not get them. One that closed by itself may not have taken them, so the new one gets them.
   */
  #replace(inner: ThreadStream): void {
    if (inner === this.#ended && !this.#ready) this.#unsent = new UnsentLines()
    this.#detach()
  }

  #detach(): void {
    this.#inner = undefined
    this.#ready = false
  }

  #bufferLine(line: string): void {
    this.#unsent.add(line)
    unsentTransports.add(this)
  }

  #fail(error: Error): void {
    this.#detach()
    if (this.listenerCount('error') > 0) this.emit('error', error)
    else if (this.#fault?.message !== error.message) {
      reportLine(
        `pino-rank: a target failed: ${error.message}; its lines are buffered until a later record starts it again`,
      )
    }
    this.#fault = error
  }

  /** Writes what is buffered and ends the thread. pino's own exit listener was added too late to run in this exit. */
  #flushAndEnd(inner: ThreadStream): void {
    try {
      inner.flushSync?.()
      if (this.#inner === inner) {
        inner.end()
        this.#unsent.clear()
      }
    } catch (error) {
      this.#fail(error as Error)
    }
    this.#detach()
    this.#reportLoss()
  }
}

function reportLoss(unsent: UnsentLines, fault: Error | undefined): void {
  const count = unsent.dropAll()
  if (count > 0) reportLine(`pino-rank: ${countText(count, 'line')} lost: ${fault?.message}`)
}

/** Reports whether the stream takes no more lines. A worker's stream has `writable`, pino's own destination `destroyed`. */
function isClosed({ writable, destroyed }: ThreadStream): boolean {
  return writable === false || destroyed === true
}
