import { EventEmitter } from 'node:events'
import { isMainThread } from 'node:worker_threads'
import { atExit, beforeDeathBy, isExiting, onSignal } from 'pino-rank/process'
import { declarationKey, type SinkDeclaration } from 'pino-rank/sink'
import type { LineSink } from './line-sink.ts'
import { LineWriter, type LineWriterOptions } from './line-writer.ts'
import type { SignalOptions } from './signal-options.ts'
import type { WriterStats } from './writer-stats.ts'

/** Asks pino to set `lastLevel` before each write. */
const metadata = Symbol.for('pino.metadata')

const deadly: NodeJS.Signals[] = ['SIGTERM', 'SIGINT', 'SIGHUP']

/**
 * A pino destination over a {@link LineWriter}, shaped like SonicBoom: on the main thread, or as what a transport's
 * worker writes to. It opens at the first byte and writes all that it is given.
 *
 * Emits 'ready' (it takes lines from the start), and 'finish' and 'close' after `end()`. `write` is always true: lines
 * go out at once, and what a slow or failing disk does not take waits in a bounded queue. There is no 'error': a disk that
 * fails must not end the run, so it is reported once on stderr, to `flush`'s callback and in `stats()`.
 * A line that comes while the process exits, or after `end()`, is written at once.
 */
export class LineStream extends EventEmitter {
  /** False after `end()`. */
  writable = true
  /** Level of the record that the next `write` brings; set by pino. */
  lastLevel: number | undefined
  readonly #writer: LineWriter
  readonly #sink: LineSink
  readonly #signals: SignalOptions
  /** Each removes one registration at a signal or at the exit. */
  readonly #hooks: (() => void)[] = []
  #hasBegun = false
  #atOnce = false

  constructor(sink: LineSink, declaration: SinkDeclaration, options: LineWriterOptions, signals: SignalOptions = {}) {
    super()
    Object.assign(this, { [metadata]: true, [declarationKey]: { ...declaration, takesLevel: true } })
    this.#sink = sink
    this.#signals = signals
    this.#writer = new LineWriter(sink, options)
    this.#listen()
    process.nextTick(() => this.emit('ready'))
  }

  write(chunk: string | Uint8Array): boolean {
    if (this.writable && !this.#hasBegun) this.#begin()
    this.#writer.write(chunk, this.lastLevel)
    this.lastLevel = undefined
    if (this.#atOnce) this.#endWriter(0)
    return true
  }

  /**
   * Writes all whole lines. The callback gets the error if they could not be written. In a worker it gets none, because
   * pino would then end the stream and lose the buffered lines. (The parameter has no default: pino's worker counts
   * `flush.length`, and waits for no callback if it is 0.)
   */
  flush(callback?: (error?: Error) => void): void {
    this.#writer.flushSoon((fault) => callback && process.nextTick(callback, isMainThread ? fault : undefined))
  }

  flushSync(): void {
    this.#writer.flush()
  }

  /** Writes what is buffered, closes the file, and opens its name again with the next line. */
  reopen(): void {
    this.#writer.reopen()
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

  /** The same as `end()`: buffered lines are still written. */
  destroy(): void {
    this.end()
  }

  /** Returns what was written and what was not. */
  stats(): WriterStats {
    return this.#writer.stats()
  }

  /** Listens to `reopenOn` and `rotateOn` from the construction on. Otherwise such a signal would end a process that has no line yet. */
  #listen(): void {
    const { reopenOn, rotateOn } = this.#signals
    if (reopenOn) this.#hooks.push(onSignal(reopenOn, () => this.#hasBegun && this.reopen()))
    if (rotateOn) this.#hooks.push(onSignal(rotateOn, () => this.#hasBegun && this.rotate()))
  }

  /** Registers what writes the lines at the end. Called with the first line. */
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
    this.#hooks.push(...this.#deadly().map((signal) => beforeDeathBy(signal, () => this.#endWriter())))
  }

  #deadly(): NodeJS.Signals[] {
    const { reopenOn, rotateOn } = this.#signals
    return deadly.filter((signal) => signal !== reopenOn && signal !== rotateOn)
  }

  async #drainAndClose(): Promise<void> {
    this.#writer.flush()
    await this.#sink.drain?.().catch(() => {}) // what is left is the sink's to keep, or to report at its end
    this.#close()
  }

  #close(): void {
    for (const remove of this.#hooks) remove()
    this.#atOnce = true
    this.#endWriter()
    process.nextTick(() => {
      this.emit('finish')
      this.emit('close')
    })
  }

  #endWriter(timeoutMs?: number): void {
    this.#writer.end(timeoutMs)
    this.#sink.end?.(this.#writer.stats())
    if (!this.writable) this.#writer.close()
  }
}
