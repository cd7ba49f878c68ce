import { type Clock, systemClock } from '../system/index.ts'
import { type Batch, BatchPool } from './batch-pool.ts'
import type { LineSink } from './line-sink.ts'
import { SlowSinkDetector } from './slow-sink-detector.ts'
import { countLines, type WriterStats } from './writer-stats.ts'
import type { Ack, WriterThread } from './writer-thread.ts'

const newline = 10
const nothing = Buffer.alloc(0)

/** What a {@link BatchQueue} may do. */
export interface BatchQueueOptions {
  /** What may wait, in bytes. */
  limit: number
  clock?: Clock
  /** Starts a writer thread for the same sink. Called when the sink proves slow. */
  startThread?: (() => WriterThread) | undefined
  /**
   * Lines that find no room while a writer thread writes are dropped at once.
   * @default false: they are kept until the owner calls {@link BatchQueue.trim}
   */
  drop?: boolean
  /** Called when the writer thread acknowledges a batch. */
  onAck?: () => void
}

/**
 * Batches of whole lines on their way to a {@link LineSink}, in order. Normally none waits: they are written at once, on
 * this thread, from the caller's own buffer. A sink that proves slow is left to a {@link WriterThread}; one that fails
 * is left alone. What waits is copied and counted, and is cut to the limit when the owner says so: the newest lines go.
 */
export class BatchQueue {
  readonly stats: WriterStats = { lines: 0, bytes: 0, flushes: 0, drops: 0, errors: 0 }
  /** Why the last attempt failed; undefined while all is well. */
  fault: NodeJS.ErrnoException | undefined
  readonly #sink: LineSink
  readonly #limit: number
  readonly #clock: Clock
  readonly #slowSink = new SlowSinkDetector()
  readonly #startThread: (() => WriterThread) | undefined
  readonly #drop: boolean
  readonly #onAck: () => void
  #thread: WriterThread | undefined
  readonly #pool: BatchPool
  #batches: Batch[] = []
  #bufferedBytes = 0
  #isClosed = false
  /** Asked for, and not done. */
  #sync = false
  /** What the writer thread has not acknowledged. */
  #sent: { batch: Batch | undefined; sync: boolean } | undefined

  constructor(
    sink: LineSink,
    { limit, startThread, drop = false, clock = systemClock, onAck = () => {} }: BatchQueueOptions,
  ) {
    this.#sink = sink
    this.#limit = limit
    this.#pool = new BatchPool(limit)
    this.#clock = clock
    this.#startThread = startThread
    this.#drop = drop
    this.#onAck = onAck
  }

  /** Nothing waits, nothing is under way. */
  get isIdle(): boolean {
    return this.#batches.length === 0 && !this.#sync && !this.#sent
  }

  /** More waits than may. */
  get isFull(): boolean {
    return this.#bufferedBytes > this.#limit
  }

  /** The sink is permanently closed (for example EPIPE); further lines are dropped and counted. */
  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Batches are written on a writer thread. */
  get isOffThread(): boolean {
    return this.#thread !== undefined
  }

  /** Takes whole lines; afterwards the buffer is the caller's again. */
  put(lines: Buffer): void {
    let rest = lines
    if (this.#batches.length === 0 && !this.#thread && !this.fault && !this.#isClosed) {
      try {
        while (rest.length > 0 && !this.#thread) rest = rest.subarray(this.#write(rest))
      } catch (error) {
        this.#keep(rest)
        this.#handleError(error as NodeJS.ErrnoException)
        return
      }
    }
    if (rest.length > 0) this.#keep(rest)
  }

  /** Writes all that waits, or gives it to the writer thread; when the sink fails, `fault` says why and the rest waits on. */
  drain(): void {
    if (this.#isClosed) this.discard()
    try {
      for (let first = this.#batches[0]; first && !this.#thread; first = this.#batches[0]) {
        const taken = this.#write(first.lines)
        this.#consume(first, taken)
      }
      if (this.#sync && !this.#thread) this.#syncNow()
      if (this.#thread) this.#submitNext(this.#thread)
      else this.fault = undefined
    } catch (error) {
      this.#handleError(error as NodeJS.ErrnoException)
    }
  }

  /** What was pushed so far is on the disk when the queue is next idle. */
  sync(): void {
    this.#sync = this.#sink.sync !== undefined
  }

  /** Blocks this thread for the next ack, at most `ms`. False: none came. */
  wait(ms: number): boolean {
    const ack = this.#thread?.wait(ms)
    if (ack) this.#handleAck(ack)
    return ack !== undefined
  }

  /** Gives up the newest lines of what is too much, but not the batch that the writer thread has. */
  trim(): void {
    this.#trim(this.#limit, this.#sent?.batch ? 1 : 0)
  }

  /** Drops all. An unacknowledged batch counts as dropped, because nobody will know whether it was written. */
  discard(): void {
    this.#sync = false
    this.#sent = undefined
    this.#trim(0, 0)
  }

  /** The sink is opened again with the next line. */
  reopen(): void {
    if (this.#thread) this.#thread.reopen()
    else this.#sink.close()
  }

  /** The sink is asked to move its file out of the way. */
  rotate(): void {
    if (this.#thread) this.#thread.rotate()
    else this.#sink.rotate?.()
  }

  close(): void {
    this.#thread?.close()
    this.#thread = undefined
    this.#sink.close()
  }

  #keep(lines: Buffer): void {
    const kept = this.#drop && this.#thread ? this.#fittingBytes(lines) : lines.length
    if (kept === 0) return
    this.#batches.push(this.#pool.copy(lines.subarray(0, kept)))
    this.#bufferedBytes += kept
  }

  /** How many bytes of these lines there is room for, all where none wait; the others are given up before they are copied. */
  #fittingBytes(lines: Buffer): number {
    const room = this.#limit - this.#bufferedBytes
    if (room >= lines.length || this.#bufferedBytes === 0) return lines.length
    const kept = room > 0 ? lines.lastIndexOf(newline, room - 1) + 1 : 0
    this.stats.drops += countLines(lines.subarray(kept))
    return kept
  }

  #write(lines: Buffer): number {
    const startedAt = this.#clock.now()
    const taken = this.#sink.write(lines)
    this.#count(lines, taken)
    const isSlow = this.#slowSink.addWrite(startedAt, this.#clock.now())
    // not behind a cut line: only the sink that cut it knows of it
    if (isSlow && this.#startThread && taken === lines.length) this.#moveToThread(this.#startThread())
    return taken
  }

  #moveToThread(thread: WriterThread): void {
    this.#sink.close()
    this.#thread = thread
    thread.onAck = (ack) => {
      this.#handleAck(ack)
      this.#onAck()
    }
  }

  #submitNext(thread: WriterThread): void {
    const [batch] = this.#batches
    if (this.#sent || thread.isBusy || (!batch && !this.#sync)) return
    this.#sent = { batch, sync: this.#sync && this.#batches.length < 2 }
    thread.write(batch?.lines ?? nothing, this.#sent.sync)
  }

  #handleAck({ taken, error }: Ack): void {
    const sent = this.#sent
    if (!sent) return
    this.#sent = undefined
    if (sent.batch) {
      this.#count(sent.batch.lines, taken)
      this.#consume(sent.batch, taken)
    }
    if (error) {
      this.#handleError(error)
      return
    }
    this.fault = undefined
    if (sent.sync && this.#batches.length === 0) this.#sync = false
    if (this.#thread) this.#submitNext(this.#thread)
  }

  #syncNow(): void {
    this.#sink.sync?.()
    this.#sync = false
  }

  #count(lines: Buffer, taken: number): void {
    this.stats.flushes++
    this.stats.bytes += taken
    this.stats.lines += countLines(lines.subarray(0, taken))
    this.#sink.onWrite?.(this.stats)
  }

  /** The first of those that wait was written, up to there. */
  #consume(first: Batch, taken: number): void {
    this.#bufferedBytes -= taken
    first.lines = first.lines.subarray(taken)
    if (first.lines.length > 0) return
    this.#batches.shift()
    this.#pool.release(first)
  }

  #handleError(error: NodeJS.ErrnoException): void {
    this.stats.errors++
    this.#isClosed ||= this.#sink.isPermanent?.(error) ?? false
    this.fault = this.#isClosed ? undefined : error
    if (this.#isClosed) this.discard()
    else if (this.isFull) this.trim()
  }

  #trim(limit: number, minBatches: number): void {
    while (this.#bufferedBytes > limit && this.#batches.length > minBatches) {
      const last = this.#batches.at(-1) as Batch
      const { lines } = last
      const room = lines.length - (this.#bufferedBytes - limit)
      const kept = room > 0 ? lines.lastIndexOf(newline, room - 1) + 1 : 0
      this.stats.drops += countLines(lines.subarray(kept))
      this.#bufferedBytes -= lines.length - kept
      this.#batches.pop()
      // in a buffer of its size: the bound is on what the process holds
      if (kept > 0) this.#batches.push(this.#pool.copy(lines.subarray(0, kept)))
      this.#pool.release(last)
    }
  }
}
