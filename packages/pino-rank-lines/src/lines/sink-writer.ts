import type { Clock } from '../system/index.ts'
import type { Ack, BatchWriter } from './batch-writer.ts'
import type { LineSink } from './line-sink.ts'
import { SlowSinkDetector } from './slow-sink-detector.ts'
import type { WriterStats } from './writer-stats.ts'
import type { WriterThread } from './writer-thread.ts'

/** Minimum and maximum pause between attempts to write to a full sink, in ms. */
const minPollMs = 1
const maxPollMs = 20

export interface SinkWriterOptions {
  clock: Clock
  /**
   * Starts a writer thread for the same sink. Returns undefined if it cannot start yet; it is called again at the next slow
   * write.
   * @default none: a slow sink makes the call wait
   */
  startThread?: (() => WriterThread | undefined) | undefined
  /** Called once if no writer thread can be started for a slow sink. */
  onNoThread: (error: Error) => void
}

/**
 * Writes to a {@link LineSink} on the calling thread. A slow sink is moved to a writer thread, and moved back when it has been
 * fast for a while. A full sink (a pipe whose reader does not read) is retried until it takes its batch.
 */
export class SinkWriter implements BatchWriter {
  onAck: (ack: Ack) => void = () => {}
  /** Called after each write. */
  afterWrite: (() => void) | undefined
  readonly #sink: LineSink
  readonly #clock: Clock
  readonly #detector: SlowSinkDetector
  readonly #onNoThread: (error: Error) => void
  #startThread: (() => WriterThread | undefined) | undefined
  #thread: WriterThread | undefined
  /** The file that the sink was moved to. Undefined if it was not moved. */
  #movedTo: string | undefined
  #isFull = false
  /** The batch that a full sink has refused. */
  #refused: { lines: Buffer; sync: boolean } | undefined
  #cancelPoll: (() => void) | undefined
  #pollMs = minPollMs

  constructor(sink: LineSink, { clock, startThread, onNoThread }: SinkWriterOptions) {
    this.#sink = sink
    this.#clock = clock
    this.#startThread = startThread
    this.#onNoThread = onNoThread
    this.#detector = new SlowSinkDetector(() => clock.threadTimes?.() ?? { waitedMs: 0, systemMs: 0 })
  }

  get isSync(): boolean {
    return this.#thread === undefined && !this.#isFull
  }

  submit(lines: Buffer, sync: boolean): Ack | undefined {
    // the outbox submits a batch while the thread is busy only at the end, when it no longer waits for the thread
    if (this.#thread?.isBusy) return { taken: 0, error: new Error('a write of the writer thread does not return') }
    if (this.#thread) {
      this.#thread.write(lines, sync)
      return undefined
    }
    if (!this.#isFull) return this.#write(lines, sync)
    this.#refused = { lines, sync }
    this.#pollLater()
    return undefined
  }

  writeLine(line: string, bytes: number, now: number): number {
    const sink = this.#sink
    if (!sink.writeLine || !this.isSync) return 0
    try {
      const taken = sink.writeLine(line, bytes, now)
      if (taken > 0) this.#noteWrite(now, taken, bytes)
      return taken
    } catch {
      return 0 // `write` gets the same error
    }
  }

  wait(ms: number): Ack | undefined {
    if (this.#thread) {
      const ack = this.#thread.wait(ms)
      if (ack) this.#noteThreadWrite(ack)
      return ack
    }
    const until = this.#clock.now() + ms
    for (;;) {
      const ack = this.#tryRefused()
      if (ack || !this.#refused || this.#clock.now() >= until) return ack
      this.#clock.pause(Math.min(minPollMs, until - this.#clock.now()))
    }
  }

  takeBack(): boolean {
    if (this.#thread) {
      this.#startThread = undefined // otherwise each line after the end would start a thread
      if (!this.#thread.takeBack()) return false
      this.#closeThread()
      return true
    }
    this.#refused = undefined
    return false
  }

  /** Called before the last lines are submitted. */
  beforeEnd(): void {
    this.#sink.beforeEnd?.()
  }

  isPermanent(error: NodeJS.ErrnoException): boolean {
    return this.#sink.isPermanent?.(error) ?? false
  }

  onWrite(stats: WriterStats): void {
    this.#sink.onWrite?.(stats)
    this.afterWrite?.()
  }

  /** Starts a sync on another thread, if the sink can. `done` gets its error. Returns false if the writer thread has to do it. */
  syncSoon(done: (error: Error | null) => void): boolean {
    if (this.#thread) return false
    this.#sink.sync?.(done)
    return true
  }

  reopen(file?: string): void {
    if (file === undefined) {
      this.#thread?.reopen()
      this.#sink.close()
      return
    }
    this.#sink.moveTo?.(file)
    this.#movedTo = file
    this.#thread?.moveTo?.(file)
  }

  rotate(): void {
    if (this.#thread) this.#thread.rotate()
    else this.#sink.rotate?.()
  }

  close(): void {
    this.#startThread = undefined
    this.#cancelPoll?.()
    this.#cancelPoll = undefined
    this.#closeThread()
    this.#sink.close()
  }

  #write(lines: Buffer, sync: boolean): Ack {
    let taken = 0
    try {
      if (lines.length > 0) taken = this.#timedWrite(lines)
      if (sync && taken === lines.length) this.#sink.sync?.()
      return { taken }
    } catch (error) {
      if (!this.#sink.isFull?.(error as Error)) return { taken, error: error as NodeJS.ErrnoException }
      this.#isFull = true
      return { taken }
    }
  }

  #timedWrite(lines: Buffer): number {
    const startedAt = this.#clock.now()
    const taken = this.#sink.write(lines)
    this.#noteWrite(startedAt, taken, lines.length)
    return taken
  }

  #noteWrite(startedAt: number, taken: number, bytes: number): void {
    if (!this.#startThread) return // measuring costs more than many writes
    const isSlow = this.#detector.addWrite(startedAt, this.#clock.now(), taken)
    // not after a partial line, because only this sink knows that it has to complete it
    if (isSlow && taken === bytes) this.#moveToThread()
  }

  #moveToThread(): void {
    try {
      const thread = this.#startThread?.()
      if (!thread) return
      thread.onAck = (ack) => {
        this.#noteThreadWrite(ack)
        this.onAck(ack)
      }
      thread.onError = (error) => {
        if (this.#thread !== thread) return // an earlier thread
        this.#giveUpThread(error)
        if (thread.isBusy) this.onAck({ taken: 0 }) // the batch is submitted again: a duplicate line is better than a lost one
      }
      if (this.#movedTo !== undefined) thread.moveTo?.(this.#movedTo)
      if (this.#sink.release) this.#sink.release()
      else this.#sink.close()
      this.#thread = thread
    } catch (error) {
      this.#giveUpThread(error as Error)
    }
  }

  #giveUpThread(error: Error): void {
    this.#thread = undefined
    this.#startThread = undefined
    this.#onNoThread(error)
  }

  #noteThreadWrite({ taken, ms = 0, error }: Ack): void {
    if (!error && this.#detector.addThreadWrite(ms, this.#clock.now(), taken)) this.#closeThread()
  }

  #closeThread(): void {
    this.#thread?.close()
    this.#thread = undefined
  }

  #pollLater(): void {
    this.#cancelPoll ??= this.#clock.after(this.#pollMs, () => {
      this.#cancelPoll = undefined
      this.#pollMs = Math.min(2 * this.#pollMs, maxPollMs)
      const ack = this.#tryRefused()
      if (ack) this.onAck(ack)
      else if (this.#refused) this.#pollLater()
    })
  }

  /** Writes the refused batch again. Returns the ack if the sink has taken part of it, or failed. */
  #tryRefused(): Ack | undefined {
    const refused = this.#refused
    if (!refused) return undefined
    this.#isFull = false
    const ack = this.#write(refused.lines, refused.sync)
    if (this.#isFull && ack.taken === 0) return undefined
    this.#refused = undefined
    this.#pollMs = minPollMs
    return ack
  }
}
