import { EventEmitter } from 'node:events'
import { StringDecoder } from 'node:string_decoder'
import { isMainThread } from 'node:worker_threads'
import { atExit, exitCode, isExiting } from 'pino-rank/process'
import { declarationKey, reportLine, type SinkDeclaration } from 'pino-rank/sink'
import { Reports } from 'pino-rank-lines'
import { endOf, MetricReader, type MetricRecord, NameWarnings, type RunEnd } from '../record/index.ts'
import { EndedRun } from './ended-run.ts'
import type { MetricStats, RunWriter } from './run-writer.ts'

export interface MetricStreamOptions {
  /** The start of each report, for example `pino-tensorboard: runs/a`. */
  name: string
  /** Maximum age of a buffered record, in ms. */
  flushMs: number
  /** What `drops` counts. @default 'record' */
  unit?: 'record' | 'value'
  /** What happens to records that cannot be written, unless the writer says it. A fault's report ends with this text. */
  kept: string
  /** The logger's own `nestedKey`, if it has one. */
  nestedKey?: string | undefined
  /** The memory in which `rankLogger` stores the exit code of the process for a worker. */
  exitCode?: SharedArrayBuffer | undefined
  /** Called with each report, which is one line. @default writes it to stderr */
  report?: (line: string) => void
}

/**
 * A pino destination that passes metric records to a {@link RunWriter} and skips all other records. It is used on the main
 * thread, or by a transport in pino's worker. Buffered records are written by age, on `flush()`, on `end()`, and at the exit.
 *
 * Emits 'ready', and 'finish' and 'close' after `end()`. `write` always returns true. There is no 'error' event, because a sink
 * that fails must not end the program. A fault is reported once on stderr, to the callback of `flush`, and in `stats()`.
 */
export class MetricStream extends EventEmitter {
  /** False after `end()`. */
  writable = true
  readonly #writer: RunWriter
  readonly #reader: MetricReader
  readonly #reports: Reports
  readonly #flushMs: number
  readonly #exitCode: Int32Array | undefined
  readonly #decoder = new StringDecoder('utf8')
  #timer: NodeJS.Timeout | undefined
  #end: RunEnd | undefined
  #removeExitHook: (() => void) | undefined
  /** True once the writer is closed and everything is written. */
  #isClosed = false

  constructor(writer: RunWriter, declaration: SinkDeclaration, options: MetricStreamOptions) {
    super()
    const { name, flushMs, kept, exitCode, nestedKey, unit = 'record', report = reportLine } = options
    Object.assign(this, { [declarationKey]: declaration })
    this.#writer = writer
    this.#flushMs = flushMs
    this.#exitCode = exitCode && new Int32Array(exitCode)
    this.#reports = new Reports({ name, kept, unit, report })
    this.#reader = new MetricReader(new NameWarnings(name, report), nestedKey)
    EndedRun.supersede()
    process.nextTick(() => this.emit('ready'))
  }

  write(chunk: string | Uint8Array): boolean {
    // pino's hook `streamWrite` may return a value of any type, which pino writes here
    const text = ArrayBuffer.isView(chunk) ? this.#decoder.write(chunk as Buffer) : `${chunk}`
    this.#writer.see?.(text)
    this.#reader.read(text, this.#take)
    return true
  }

  /**
   * Writes the buffered records. The callback gets the error if that fails. In a worker it gets none, because pino would
   * then end the stream and lose the buffered records.
   *
   * The parameter must not have a default value: pino's worker checks `flush.length`.
   */
  flush(callback?: (error?: Error) => void): void {
    this.#attempt(() => this.#writer.flush()).then((fault) => callback?.(isMainThread ? fault : undefined))
  }

  /** Writes the buffered records as far as that is possible without the event loop. */
  flushSync(): void {
    this.#attempt(() => this.#writer.flush())
  }

  /**
   * Ends the run. The end is the one that the log or `rankLogger` gave; otherwise it is `process.exitCode`, usually 0. If the
   * process later exits with another code, and no later stream was created, the end is corrected.
   */
  end(chunk?: string | Uint8Array): this {
    if (chunk !== undefined) this.write(chunk)
    if (!this.writable) return this
    this.writable = false
    this.#stopReading()
    const given = this.#end ?? this.#storedEnd()
    const end = given ?? this.#presumedEnd()
    const run = isMainThread && !isExiting() ? new EndedRun(end, given !== undefined, this.#correctEnd) : undefined
    const close = () => {
      const closed = this.#writer.close(end)
      this.#isClosed = closed === undefined
      return closed
    }
    this.#attempt(close).then((fault) => {
      this.#isClosed = !fault
      run?.onClose()
      this.#reports.loss(this.#writer.stats().drops)
      this.emit('finish')
      this.emit('close')
    })
    return this
  }

  /** Calls `end()`, so buffered records are still written. With an error, the run ends as failed. */
  destroy(error?: Error | null): void {
    if (error) this.#end ??= endOf(1)
    this.end()
  }

  /** Returns the numbers of records that were written and dropped. */
  stats(): MetricStats {
    return this.#writer.stats()
  }

  readonly #take = (record: MetricRecord): void => {
    this.#removeExitHook ??= atExit(() => this.#exit())
    this.#end = record.end ?? this.#end
    if (hasMetrics(record)) this.#writer.write(record)
    this.#scheduleFlush()
  }

  /** Schedules a flush for when the oldest record reaches its maximum age. A flush that fails schedules the next attempt. */
  #scheduleFlush(): void {
    if (!this.writable) return
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.#attempt(() => this.#writer.flush()).then((fault) => fault && this.#scheduleFlush())
    }, this.#flushMs).unref()
  }

  /**
   * Ends the run when the process exits. On the main thread the exit code is known, and it is the end of the run if the log has
   * no other.
   */
  #exit(): void {
    if (!this.writable) return
    this.writable = false
    this.#stopReading()
    const code = exitCode()
    const end = this.#end ?? (code === 'unknown' ? undefined : endOf(code))
    this.#attempt(() => (this.#writer.closeNow ?? this.#writer.close).call(this.#writer, end))
    this.#reports.loss(this.#writer.stats().drops)
  }

  /** Returns the end that follows from the exit code that `rankLogger` stored. Returns undefined if it stored none. */
  #storedEnd(): RunEnd | undefined {
    const code = this.#exitCode ? Atomics.load(this.#exitCode, 0) : -1
    return code < 0 ? undefined : endOf(code)
  }

  /**
   * Returns the end of a stream that ends before its process. Returns undefined in a worker without `rankLogger`, because its
   * process may be exiting with a code that the worker cannot see.
   */
  #presumedEnd(): RunEnd | undefined {
    if (isMainThread) return endOf(Number(process.exitCode ?? 0))
    return this.#exitCode && endOf(0)
  }

  /** Called when the process exits after `end()`. Corrects the end of the run if it has changed. */
  readonly #correctEnd = (end: RunEnd | undefined, isUnchanged: boolean): void => {
    const writer = this.#writer
    if (!writer.amend) {
      if (!isUnchanged || !this.#isClosed) this.#attempt(() => writer.closeNow?.(end))
    } else if (this.#isClosed && end && !isUnchanged) this.#attempt(() => writer.amend?.(end))
  }

  /** Reads a last line without a newline, and removes the exit hook and the timer. */
  #stopReading(): void {
    this.#reader.read(this.#decoder.end(), this.#take)
    this.#reader.end(this.#take)
    this.#removeExitHook?.()
    clearTimeout(this.#timer)
  }

  /** Runs a task, and reports and returns its error. The synchronous part of the task is done when this call returns. */
  #attempt(task: () => void | Promise<void>): Promise<Error | undefined> {
    const onError = (error: Error) => {
      this.#reports.fault(error, this.#writer.kept?.())
      return error
    }
    try {
      return Promise.resolve(task()).then(() => undefined, onError)
    } catch (error) {
      return Promise.resolve(onError(error as Error))
    }
  }
}

/** Reports whether a record has anything besides the end of the run. */
function hasMetrics({ scalars, texts, histograms, images, hparams }: MetricRecord): boolean {
  return [scalars, texts, histograms, images, hparams].some(({ length }) => length > 0)
}
