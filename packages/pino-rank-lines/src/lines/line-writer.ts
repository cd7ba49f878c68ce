import { StringDecoder } from 'node:string_decoder'
import type { Levels } from 'pino-rank/sink'
import { type Clock, systemClock } from '../system/index.ts'
import { BatchQueue } from './batch-queue.ts'
import { LevelScan } from './level-scan.ts'
import { LineBuffer } from './line-buffer.ts'
import type { LineSink } from './line-sink.ts'
import { Reports } from './reports.ts'
import type { WriterStats } from './writer-stats.ts'
import type { WriterThread } from './writer-thread.ts'

/** When a {@link LineWriter} writes, what it does when it cannot, and what it says then. */
export interface LineWriterOptions {
  /** Who speaks in its reports, e.g. `pino-rank-file: /data/train.log`. */
  name: string
  /** Batch size, in bytes. */
  flushBytes: number
  /** Longest age of a line that waits, in ms. */
  flushMs: number
  /** Number of the level from which a line is written at once; Infinity: none. */
  flushLevel: number
  /** Levels by label, for lines that have a label in place of a number. @default pino's */
  levels?: Levels
  /** When lines are made to outlive a power loss. @default 'never' */
  fsync?: 'never' | 'flush' | 'interval'
  /** The interval, in ms. @default 1000 */
  fsyncMs?: number
  /** What waits while the sink cannot take it, in bytes. @default 16 MiB */
  queueBytes?: number
  /** What a full queue does to a caller, while the sink is slow: makes it wait, or gives up its line. @default 'block' */
  overflow?: 'block' | 'drop'
  /** The longest wait of one call, in ms. @default 1000 */
  blockMs?: number
  /** Starts a writer thread for the same sink. @default none: a slow end makes the caller wait */
  startThread?: () => WriterThread
  /** More fields of the record of dropped lines, e.g. `{ rank: 3 }`. @default none */
  extraFields?: Readonly<Record<string, unknown>>
  clock?: Clock
  /** Takes the reports, each one line. @default stderr */
  report?: (line: string) => void
}

/** Longest pause between attempts while the sink fails, in ms. */
const maxBackOff = 5000
/** How long {@link LineWriter.end} tries a sink that takes nothing, in ms. */
const defaultTimeoutMs = 1000

/**
 * The batcher of whole lines: takes text cut anywhere and hands its {@link LineSink} batches that end at a line's end,
 * by size, by age, at a level, on `flush()`, and at the end. As long as the sink keeps up everything is synchronous, so a
 * record is in the file before any exit handler can miss it: natural exit, `process.exit`, exceptions and handled
 * signals lose nothing, and no callback is left to run. A record of 150 B takes 1.5 × its time over a stream that does
 * nothing (1.7 × where pino tells the level); joining, encoding and writing alone take 1.3 × (`npm run bench -- writer`).
 *
 * A sink that does not keep up (two of four seconds went into its writes) is left to a {@link WriterThread}, and lines wait
 * for it in a bounded queue; then `overflow` says what a full queue does. A sink that fails is tried again, ever more seldom; no call
 * ever waits for it. What is dropped is counted, and the log itself says so when there is room again.
 * The age runs on this thread's event loop: while that is blocked, lines wait for the size, the level, the exit.
 */
export class LineWriter {
  readonly #options: LineWriterOptions
  readonly #clock: Clock
  readonly #reports: Reports
  readonly #queue: BatchQueue
  readonly #sink: LineSink
  readonly #levelScan: LevelScan
  #decoder: StringDecoder | undefined
  readonly #buffer: LineBuffer
  #sealAt: number
  #backOff: number
  #disarm: (() => void) | undefined
  #syncTimer: (() => void) | undefined
  #isStuck = false
  readonly #flushing: ((fault?: Error) => void)[] = []

  constructor(sink: LineSink, options: LineWriterOptions) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#sink = sink
    const { name, extraFields, startThread, queueBytes: limit = 2 ** 24, report } = options
    const kept = `lines wait in memory and are written when it works again; beyond ${limit} bytes the newest are dropped`
    this.#reports = new Reports({ name, extraFields, kept, report })
    const onAck = () => {
      this.#isStuck = false
      this.#afterAttempt()
    }
    this.#queue = new BatchQueue(sink, {
      limit,
      startThread,
      drop: options.overflow === 'drop',
      clock: this.#clock,
      onAck,
    })
    this.#levelScan = new LevelScan(options.flushLevel, options.levels)
    this.#buffer = new LineBuffer(Math.min(2 * options.flushBytes, 2 ** 17))
    this.#sealAt = options.flushBytes
    this.#backOff = options.flushMs
  }

  /** Takes text cut anywhere. `level`: that of its one line where the caller knows it, else its lines are looked at. */
  write(chunk: string | Uint8Array, level?: number): void {
    const text = typeof chunk === 'string' ? chunk : this.#decode(chunk)
    this.#buffer.add(text, this.#queue.isOffThread)
    const urgent = level === undefined ? this.#levelScan.hasMinLevel(text) : level >= this.#options.flushLevel
    if (urgent || this.#buffer.length >= this.#sealAt) this.#writeOut(urgent)
    else this.#arm(this.#options.flushMs)
  }

  /** Writes all whole lines now, also to a sink that is failing; returns why it could not. A slow sink is waited for. */
  flush(timeoutMs: number = defaultTimeoutMs): Error | undefined {
    this.#startFlush()
    const isDrained = this.#waitFor(timeoutMs)
    this.#afterAttempt()
    if (isDrained) this.#waitFor(timeoutMs) // for the record of what was dropped
    return this.#queue.fault
  }

  /** The same without waiting: `done` is called when the lines of now are written, or with why they are not. */
  flushSoon(done: (fault?: Error) => void): void {
    this.#flushing.push(done)
    this.#startFlush()
    this.#afterAttempt()
  }

  /**
   * Writes everything, including a last line without its `\n`. Continues as long as the sink takes lines, and for `timeoutMs`
   * while it takes none. Then drops the rest and reports how many lines are lost.
   */
  end(timeoutMs: number = defaultTimeoutMs): void {
    this.#buffer.add(this.#decoder?.end() ?? '')
    this.#buffer.close()
    const until = this.#clock.now() + timeoutMs
    while (this.flush(timeoutMs) && this.#clock.now() < until) this.#clock.pause(50)
    if (this.#options.fsync === 'interval') this.#syncAtOnce()
    this.#disarm?.()
    this.#disarm = undefined
    this.#syncTimer?.()
    this.#syncTimer = undefined
    if (!this.#queue.isIdle) this.#queue.discard()
    if (!this.#queue.isClosed) this.#reports.loss(this.#queue.stats.drops)
  }

  /** Leaves the file; the next line opens its name again. */
  reopen(): void {
    this.flush()
    this.#queue.reopen()
  }

  /** Flushes, and moves the file out of the way if its sink has a rotation. */
  rotate(): void {
    this.flush()
    this.#queue.rotate()
  }

  /** Gives the sink back; a later line opens it again. */
  close(): void {
    this.#queue.close()
  }

  stats(): WriterStats {
    return { ...this.#queue.stats }
  }

  #decode(chunk: Uint8Array): string {
    this.#decoder ??= new StringDecoder('utf8')
    return this.#decoder.write(chunk as Buffer)
  }

  /** A failing sink is left alone until its back-off is over. */
  #writeOut(urgent: boolean): void {
    this.#seal(urgent ? 1 : this.#options.flushBytes)
    if (!this.#queue.fault) {
      if (urgent && this.#options.fsync === 'flush') this.#queue.sync()
      this.#queue.drain()
    }
    if (this.#queue.isFull || (urgent && this.#queue.isOffThread)) this.#await(urgent)
    this.#afterAttempt()
  }

  /** Waits for the writer thread, as long as each ack comes within `timeoutMs`. False: lines are left. */
  #waitFor(timeoutMs: number): boolean {
    while (!this.#queue.isIdle && !this.#queue.fault && this.#queue.wait(timeoutMs));
    return this.#queue.isIdle
  }

  /** Moves the whole lines to the queue. A line without its sink is looked at again only when it has doubled. */
  #seal(minBytes = 1): void {
    const { flushBytes } = this.#options
    this.#buffer.drain(flushBytes, minBytes, (lines) => this.#queue.put(lines))
    this.#sealAt = Math.max(flushBytes, 2 * this.#buffer.length)
  }

  #startFlush(): void {
    this.#seal()
    if (this.#options.fsync === 'flush') this.#queue.sync()
    this.#queue.drain()
  }

  /**
   * Room for what is too much, by waiting as long as a call may, or by dropping. After a wait in vain nobody waits again
   * before the sink has moved: a disk that hangs costs one call its time, not each.
   */
  #await(urgent: boolean): void {
    const { overflow = 'block', blockMs = 1000 } = this.#options
    const until = this.#clock.now() + blockMs
    const isWaiting = () => this.#queue.isFull || (urgent && !this.#queue.isIdle)
    while (isWaiting() && overflow === 'block' && !this.#queue.fault && !this.#isStuck) {
      const left = until - this.#clock.now()
      if (left <= 0 || !this.#queue.wait(left)) this.#isStuck = true
    }
    this.#queue.trim()
  }

  /** After each attempt: timers, reports, and who waits for a flush. */
  #afterAttempt(): void {
    const { fault, stats } = this.#queue
    if (fault) {
      this.#reports.fault(fault)
      this.#arm(this.#backOff)
    } else {
      this.#backOff = this.#options.flushMs
      if (this.#queue.isIdle && !this.#queue.isClosed) this.#recordDrops(stats.drops)
      if (this.#options.fsync === 'interval') this.#armSync()
    }
    if (!fault && !this.#queue.isIdle) return
    for (const done of this.#flushing.splice(0)) done(fault)
  }

  /** One timer for all that waits: it may come early for a young line, never late. */
  #arm(ms: number): void {
    this.#disarm ??= this.#clock.after(ms, () => {
      this.#disarm = undefined
      this.#backOff = Math.min(this.#backOff * 2, maxBackOff)
      this.#seal()
      this.#queue.drain()
      this.#afterAttempt()
    })
  }

  #armSync(): void {
    this.#syncTimer ??= this.#clock.after(this.#options.fsyncMs ?? 1000, () => {
      this.#syncTimer = undefined
      if (this.#queue.isOffThread) this.#syncAtOnce()
      else this.#sink.sync?.((error) => error && this.#reports.fault(error))
    })
  }

  #syncAtOnce(): void {
    this.#queue.sync()
    this.#queue.drain()
  }

  /** Where lines are missed, a record says how many. */
  #recordDrops(drops: number): void {
    const record = this.#reports.drops(drops)
    if (!record) return
    this.#queue.put(Buffer.from(record))
    this.#queue.drain()
  }
}
