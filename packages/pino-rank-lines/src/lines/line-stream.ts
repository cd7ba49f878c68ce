import { EventEmitter } from 'node:events'
import { constants } from 'node:os'
import { isMainThread } from 'node:worker_threads'
import { atExit, beforeDeathBy, isExiting, onSignal } from 'pino-rank/process'
import { declarationKey, OptionChecker, type SinkDeclaration } from 'pino-rank/sink'
import type { LineSink } from './line-sink.ts'
import { LineWriter } from './line-writer.ts'
import type { LineWriterOptions } from './line-writer-options.ts'
import type { SignalOptions } from './signal-options.ts'
import { StreamEvents } from './stream-events.ts'
import type { WriterStats } from './writer-stats.ts'

/** Makes pino set `lastLevel` before each write. */
const metadata = Symbol.for('pino.metadata')

const terminationSignals: NodeJS.Signals[] = ['SIGTERM', 'SIGINT', 'SIGHUP']

/**
 * A pino destination over a {@link LineWriter}, with the methods and events of SonicBoom: on the main thread, or as the stream of
 * a transport's worker. It opens the sink at the first byte.
 *
 * Emits 'ready' after construction and after `reopen`, 'write' and 'drain' as {@link StreamEvents} describes, and 'finish' and
 * 'close' after `end()`. `write` always returns true: lines that a slow or failing disk does not take are buffered up to a limit.
 * A failing disk causes no 'error', because a log must not end the program. It is reported once on stderr, to the callback of
 * `flush`, and in `stats()`. A line that comes during exit, or after `end()`, is written at once.
 */
export class LineStream extends EventEmitter {
  /** False after `end()`. */
  writable = true
  /** True after `destroy()`, and once the stream is closed. */
  destroyed = false
  /** Level of the record of the next `write`. pino sets it. */
  lastLevel: number | undefined
  readonly #writer: LineWriter
  readonly #sink: LineSink
  readonly #signals: SignalOptions
  readonly #events: StreamEvents
  readonly #check: OptionChecker
  /** Functions that remove the listeners of signals and of the exit. */
  readonly #hooks: (() => void)[] = []
  /** The event before 'close', which is emitted only if there is a listener. */
  #lastEvent: Parameters<EventEmitter['emit']> | undefined = ['finish']
  #hasBegun = false
  #atOnce = false

  constructor(sink: LineSink, declaration: SinkDeclaration, options: LineWriterOptions, signals: SignalOptions = {}) {
    super()
    Object.assign(this, { [metadata]: true, [declarationKey]: { ...declaration, takesLevel: true } })
    this.#sink = sink
    this.#signals = signals
    this.#writer = new LineWriter(sink, options)
    this.#events = new StreamEvents(this, this.#writer)
    this.#check = new OptionChecker(options.name)
    this.#listen()
    process.nextTick(() => this.emit('ready'))
  }

  /** The file's path. Undefined if the sink has none, or if it is not known yet. */
  get file(): string | undefined {
    return this.#sink.path
  }

  write(chunk: string | Uint8Array): boolean {
    if (this.writable && !this.#hasBegun) this.#begin()
    this.#writer.write(chunk, this.lastLevel)
    this.lastLevel = undefined
    if (this.#atOnce) this.#endWriter(0)
    return true
  }

  /**
   * Writes all whole lines. The callback gets the error if they could not be written, or could not be sent by a sink that sends
   * lines on. In a worker it gets no error, because pino would then end the stream and lose the buffered lines.
   *
   * The parameter has no default value: pino's worker counts `flush.length`, and waits for no callback if it is 0.
   *
   * @throws {RankError} OPTION_INVALID
   */
  flush(callback?: ((error?: Error) => void) | null): void {
    if (callback && typeof callback !== 'function')
      throw this.#check.invalidAt('flush()', 'a callback', callback, 'give a function, or nothing')
    this.#writer.flushSoon(async (fault) => {
      const error = fault ?? (callback && (await this.#drainSink()))
      if (callback) process.nextTick(callback, isMainThread ? error : undefined)
      if (!fault) this.#events.drainSoon()
    })
  }

  flushSync(): void {
    this.#writer.flush()
  }

  /**
   * Writes what is buffered and closes the file. The next line opens it again by name. Emits 'ready' and 'drain'.
   *
   * @param file continues in this file instead: a path as in the options, with placeholders. Lines that could not be written go
   * there too
   * @throws {RankError} for a path that the options would refuse, and if the sink cannot be moved
   */
  reopen(file?: string): void {
    // Node passes the name of the signal if this method is itself the listener.
    const path = file && !Object.hasOwn(constants.signals, file) ? file : undefined
    if (path !== undefined && !this.#sink.moveTo)
      throw this.#check.invalidAt('reopen()', 'no file', file, 'build another stream for it')
    this.#writer.reopen(path)
    process.nextTick(() => {
      this.emit('ready')
      this.#events.drainSoon()
    })
  }

  /** Writes what is buffered, and rotates the file if the option `rotate` is set. */
  rotate(): void {
    this.#writer.rotate()
  }

  end(chunk?: string | Uint8Array): this {
    if (chunk !== undefined) this.write(chunk)
    if (!this.writable) return this
    this.writable = false
    if (this.#sink.drain) this.#drainAndClose()
    else this.#close()
    return this
  }

  /**
   * Ends the stream as `end()` does: buffered lines are still written. Emits 'close' without 'finish'.
   *
   * @param error emitted as 'error' before 'close', but only if there is a listener, because a log must not end the program
   */
  destroy(error?: Error | null): this {
    if (!this.writable) return this
    this.destroyed = true
    this.#lastEvent = error ? ['error', error] : undefined
    return this.end()
  }

  /** Returns the counts of what was written and dropped. */
  stats(): WriterStats {
    return this.#writer.stats()
  }

  /**
   * Listens to `reopenOn` and `rotateOn` from construction on. Otherwise such a signal would end a process that has not logged a
   * line yet.
   */
  #listen(): void {
    const { reopenOn, rotateOn } = this.#signals
    if (reopenOn) this.#hooks.push(onSignal(reopenOn, () => this.#hasBegun && this.reopen()))
    if (rotateOn) this.#hooks.push(onSignal(rotateOn, () => this.#hasBegun && this.rotate()))
  }

  /** Adds the listeners that write the last lines at exit and at signals. Called with the first line. */
  #begin(): void {
    this.#hasBegun = true
    this.#atOnce = isExiting()
    this.#hooks.push(
      atExit(() => {
        this.#atOnce = true
        this.#endWriter()
      }),
    )
    if (!this.#signals.handleSignals) return
    this.#hooks.push(...this.#handledSignals().map((signal) => beforeDeathBy(signal, () => this.#endWriter())))
  }

  #handledSignals(): NodeJS.Signals[] {
    const { reopenOn, rotateOn } = this.#signals
    return terminationSignals.filter((signal) => signal !== reopenOn && signal !== rotateOn)
  }

  async #drainAndClose(): Promise<void> {
    this.#writer.flush()
    await this.#drainSink()
    this.#close()
  }

  /**
   * Waits until the sink has sent its lines. Returns its error. The sink itself keeps the lines that remain, or reports them at
   * its end.
   */
  async #drainSink(): Promise<Error | undefined> {
    try {
      await this.#sink.drain?.()
    } catch (error) {
      return error as Error
    }
  }

  #close(): void {
    for (const remove of this.#hooks) remove()
    this.#atOnce = true
    this.#endWriter()
    this.destroyed = true
    process.nextTick(() => {
      const event = this.#lastEvent
      if (event && this.listenerCount(event[0]) > 0) this.emit(...event)
      this.emit('close')
    })
  }

  #endWriter(timeoutMs?: number): void {
    this.#writer.end(timeoutMs)
    this.#sink.end?.(this.#writer.stats())
    if (!this.writable) this.#writer.close()
  }
}
