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
  /** What happens to records that cannot be written. The end of a fault's report. */
  kept: string
  /** The logger's own `nestedKey`, if it has one. */
  nestedKey?: string | undefined
  /** Where `rankLogger` stores the process's exit code for a worker. */
  exitCode?: SharedArrayBuffer | undefined
  /** Takes the reports, each one line. @default stderr */
  report?: (line: string) => void
}

/**
 * A pino destination over a {@link RunWriter}: on the main thread, or as what a transport's worker writes to. It takes
 * metric records and skips all others. Buffered records are written by age, on `flush()`, on `end()`, and at the exit.
 *
 * Emits 'ready', and 'finish' and 'close' after `end()`. `write` is always true, and there is no 'error': a sink that fails
 * must not end the run, so it is reported once on stderr, to `flush`'s callback and in `stats()`.
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
    // pino passes on whatever the user's hook `streamWrite` returns
    const text = ArrayBuffer.isView(chunk) ? this.#decoder.write(chunk as Buffer) : `${chunk}`
    this.#writer.see?.(text)
    this.#reader.read(text, this.#take)
    return true
  }

  /**
   * Writes what is buffered. The callback gets the error if that fails. In a worker it gets none, because pino would
   * then end the stream and lose the buffered records. (No default: pino's worker counts `flush.length`.)
   */
  flush(callback?: (error?: Error) => void): void {
    this.#attempt(() => this.#writer.flush()).then((fault) => callback?.(isMainThread ? fault : undefined))
  }

  /** Does the same, as far as it can be done without the event loop. */
  flushSync(): void {
    this.#attempt(() => this.#writer.flush())
  }

  /**
   * Ends the run. If neither the log nor `rankLogger` gave its end, the run ends with the process's present exit code, usually
   * 0. If the process then exits with another code, and no later stream was created, the end is corrected.
   */
  end(chunk?: string | Uint8Array): this {
    if (chunk !== undefined) this.write(chunk)
    if (!this.writable) return this
    this.writable = false
    this.#last()
    const known = this.#end ?? this.#endFromCell()
    const end = known ?? this.#presumedEnd()
    const run = isMainThread && !isExiting() ? new EndedRun(end, known !== undefined, this.#atExit) : undefined
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

  /** Same as `end()`: buffered records are still written. With an error the run has failed. */
  destroy(error?: Error | null): void {
    if (error) this.#end ??= endOf(1)
    this.end()
  }

  /** Returns what was written and what was not. */
  stats(): MetricStats {
    return this.#writer.stats()
  }

  readonly #take = (record: MetricRecord): void => {
    this.#removeExitHook ??= atExit(() => this.#exit())
    this.#end = record.end ?? this.#end
    if (hasMetrics(record)) this.#writer.write(record)
    this.#arm()
  }

  /** Schedules a flush by the age of the oldest record; after a fault, the next attempt. */
  #arm(): void {
    if (!this.writable) return
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.#attempt(() => this.#writer.flush()).then((fault) => fault && this.#arm())
    }, this.#flushMs).unref()
  }

  /**
   * Ends the run when the process exits. On the main thread its code is known, and is the run's end if no record has
   * another.
   */
  #exit(): void {
    if (!this.writable) return
    this.writable = false
    this.#last()
    const code = exitCode()
    const end = this.#end ?? (code === 'unknown' ? undefined : endOf(code))
    this.#attempt(() => (this.#writer.closeNow ?? this.#writer.close).call(this.#writer, end))
    this.#reports.loss(this.#writer.stats().drops)
  }

  /** Returns the end that follows from the exit code that `rankLogger` stored, if it has. */
  #endFromCell(): RunEnd | undefined {
    const code = this.#exitCode ? Atomics.load(this.#exitCode, 0) : -1
    return code < 0 ? undefined : endOf(code)
  }

  /**
   * Returns the end of a stream that ends before its process. Undefined in a worker without `rankLogger`, which may be exiting.
   */
  #presumedEnd(): RunEnd | undefined {
    if (isMainThread) return endOf(Number(process.exitCode ?? 0))
    return this.#exitCode && endOf(0)
  }

  /** Called when the process exits after `end()`. */
  readonly #atExit = (end: RunEnd | undefined, isWritten: boolean): void => {
    const writer = this.#writer
    if (!writer.amend) {
      if (!isWritten || !this.#isClosed) this.#attempt(() => writer.closeNow?.(end))
    } else if (this.#isClosed && end && !isWritten) this.#attempt(() => writer.amend?.(end))
  }

  #last(): void {
    this.#reader.read(this.#decoder.end(), this.#take)
    this.#reader.end(this.#take)
    this.#removeExitHook?.()
    clearTimeout(this.#timer)
  }

  /** Runs a task. Reports an error, and returns it. What is synchronous is done when this returns. */
  #attempt(attempt: () => void | Promise<void>): Promise<Error | undefined> {
    const failed = (error: Error) => {
      this.#reports.fault(error)
      return error
    }
    try {
      return Promise.resolve(attempt()).then(() => undefined, failed)
    } catch (error) {
      return Promise.resolve(failed(error as Error))
    }
  }
}

/** Reports whether the record has more than the run's end. */
function hasMetrics({ scalars, texts, histograms, images, hparams }: MetricRecord): boolean {
  return [scalars, texts, histograms, images, hparams].some(({ length }) => length > 0)
}
