import { EventEmitter } from 'node:events'
import pino from 'pino'
import type { Levels } from '../record/index.ts'

/** A stream and the lowest level that it takes. */
export interface Route {
  level: number
  stream: pino.DestinationStream
}

/** Methods and fields that a destination may have beyond its type. */
interface Stream extends pino.DestinationStream, Partial<Pick<NodeJS.EventEmitter, 'once' | 'emit'>> {
  flush?(done?: (error?: Error | null) => void): void
  flushSync?(): void
  end?(): void
  ref?(): void
  unref?(): void
  closed?: boolean
}

export interface RoutedStreamOptions {
  /** pino's option `dedupe`. */
  dedupe?: boolean | undefined
  levels?: Levels | undefined
}

/**
 * pino's multistream with the methods that a program may call on a logger's stream. They work even if a route is only a function
 * that appends. `flush`, `flushSync`, `end` and `destroy` reach every stream that records ever went to. Emits 'ready', and
 * 'finish' and 'close' once all streams are closed. A record after `end()` still goes to the same streams.
 */
export class RoutedStream extends EventEmitter {
  /** False after `end()`. */
  writable = true
  closed = false
  /** Level of the next record. pino sets it before each `write`. */
  lastLevel: number = Infinity
  declare streams: Route[]
  declare write: (line: string) => void
  readonly #known: ReadonlySet<pino.DestinationStream>

  /** @param known every stream that records ever went to */
  constructor(routes: Route[], known: ReadonlySet<pino.DestinationStream>, options: RoutedStreamOptions = {}) {
    super()
    const { dedupe = false, levels } = options
    // multistream's `write` reads the level and the routes from `this`
    const multistream: object = pino.multistream(routes as never, { dedupe, levels: { ...levels } as never })
    const { emit, end, flushSync, ...rest } = multistream as Record<string, unknown>
    Object.assign(this, rest)
    this.#known = known
    process.nextTick(() => this.emit('ready'))
  }

  get destroyed(): boolean {
    return this.closed
  }

  get writableEnded(): boolean {
    return !this.writable
  }

  /** Forwards pino's configuration message to the routed streams. Emits every other event here. */
  override emit(event: string | symbol, ...values: unknown[]): boolean {
    if (event !== 'message') return super.emit(event, ...values)
    for (const { stream } of this.streams as { stream: Stream }[]) stream.emit?.(event, ...values)
    return true
  }

  flush(done?: (error?: Error | null) => void): void {
    let pending = 1
    const one = (error?: Error | null) => {
      pending -= 1
      if (error || pending === 0) done?.(error)
    }
    for (const stream of this.#all()) {
      if (!stream.flush) continue
      pending += 1
      stream.flush(one)
    }
    one()
  }

  flushSync(): void {
    for (const stream of this.#all()) stream.flushSync?.()
  }

  end(chunk?: string): this {
    if (chunk !== undefined) this.#writeToAll(chunk)
    if (!this.writable) return this
    this.writable = false
    let pending = 1
    const one = () => {
      pending -= 1
      if (pending > 0) return
      this.closed = true
      this.emit('finish')
      this.emit('close')
    }
    for (const stream of this.#all()) {
      if (!stream.end || stream === process.stdout || stream === process.stderr) continue
      if (stream.once && !stream.closed) {
        pending += 1
        stream.once('close', one)
      }
      stream.end()
    }
    process.nextTick(one)
    return this
  }

  /** Same as `end()`: buffered lines are still written. */
  destroy(): this {
    return this.end()
  }

  ref(): void {
    for (const stream of this.#all()) stream.ref?.()
  }

  unref(): void {
    for (const stream of this.#all()) stream.unref?.()
  }

  /** Writes text of unknown level to every stream. */
  #writeToAll(text: string): void {
    this.lastLevel = Infinity
    this.write(text)
  }

  #all(): Iterable<Stream> {
    return new Set([...this.#known, ...this.streams.map(({ stream }) => stream)]) as never
  }
}
