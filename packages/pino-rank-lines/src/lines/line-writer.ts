import { StringDecoder } from 'node:string_decoder'
import { type Clock, systemClock } from '../system/index.ts'
import { LevelScan } from './level-scan.ts'
import { LineBuffer } from './line-buffer.ts'
import type { LineSink } from './line-sink.ts'
import type { LineWriterOptions } from './line-writer-options.ts'
import { Outbox } from './outbox.ts'
import { Reports } from './reports.ts'
import { SinkWriter } from './sink-writer.ts'
import { maxHeldMs, WritePace } from './write-pace.ts'
import type { WriterStats } from './writer-stats.ts'

/** The first pause after the sink failed, in ms. */
const minBackoffMs = 100

/**
 * The age and the size of a batch are checked once for this many lines, because a check costs more than adding a line. The next check
 * comes earlier if the unchecked lines could exceed the high-water mark.
 */
const linesPerCheck = 8
/** A line with more UTF-16 code units than this is always checked. */
const maxUncheckedUnits = 1024

/** How long {@link LineWriter.end} retries while the sink takes nothing, in ms. */
const defaultTimeoutMs = 1000

/**
 * Decides when lines are written. It takes chunks of text, which may end within a line, and passes batches of whole lines to an
 * {@link Outbox}: by size, by age, at a level, on `flush()`, and at the end. While the sink keeps up, everything is synchronous,
 * so natural exit, `process.exit`, exceptions and handled signals lose nothing.
 */
export class LineWriter {
  readonly #options: LineWriterOptions
  readonly #clock: Clock
  readonly #reports: Reports
  readonly #writer: SinkWriter
  readonly #outbox: Outbox
  readonly #levelScan: LevelScan
  readonly #pace: WritePace | undefined
  #decoder: StringDecoder | undefined
  readonly #buffer: LineBuffer
  /** Size of the buffer at which its whole lines go to the outbox, in bytes. */
  #highWaterMark: number
  /** Number of lines that may be added to the batch before it is checked again. */
  #unchecked = 0
  readonly #usesFsync: boolean
  #cancelFlush: (() => void) | undefined
  #cancelSync: (() => void) | undefined

  constructor(sink: LineSink, options: LineWriterOptions) {
    const { name, extraFields, startThread, queueBytes: limit = 2 ** 24, report, flushBytes, flushMs } = options
    this.#options = options
    this.#clock = options.clock ?? systemClock
    const kept = `lines wait in memory and are written when it works again; beyond ${limit} bytes the newest are dropped`
    this.#reports = new Reports({ name, extraFields, kept, report })
    const onNoThread = (error: Error) => this.#reports.noThread(error)
    this.#writer = new SinkWriter(sink, { clock: this.#clock, startThread, onNoThread })
    const { overflow, blockMs } = options
    this.#outbox = new Outbox(this.#writer, {
      limit,
      overflow,
      blockMs,
      backoffMs: flushMs ?? minBackoffMs,
      reports: this.#reports,
      clock: this.#clock,
    })
    this.#levelScan = new LevelScan(options.flushLevel, options.levels)
    this.#pace = flushMs === undefined ? new WritePace(this.#clock) : undefined
    this.#buffer = new LineBuffer(Math.min(2 * flushBytes, 2 ** 17))
    this.#highWaterMark = flushBytes
    this.#usesFsync = (options.fsync ?? 'never') !== 'never'
  }

  /**
   * Takes a chunk of text, which may end within a line.
   *
   * @param level the level of its only line, if the caller knows it. Otherwise the text is searched for levels
   */
  write(chunk: string | Uint8Array, level?: number): void {
    if (this.#unchecked > 0 && typeof chunk === 'string' && chunk.length <= maxUncheckedUnits) {
      // false without a level: undefined is not less than a number
      if ((level as number) < this.#options.flushLevel) {
        this.#unchecked--
        this.#buffer.add(chunk)
        return
      }
    }
    const text = typeof chunk === 'string' ? chunk : this.#decode(chunk)
    const isUrgent = level === undefined ? this.#levelScan.hasMinLevel(text) : level >= this.#options.flushLevel
    const isFirst = this.#buffer.length === 0
    const now = isFirst ? this.#clock.now() : 0
    const isDue = this.#isDue(isFirst, now) || isUrgent
    if (isDue && isFirst && text.indexOf('\n') === text.length - 1) {
      if (!this.#outbox.putLine(text, now) || this.#usesFsync) this.#commit(isUrgent)
      return
    }
    this.#buffer.add(text)
    const room = this.#highWaterMark - this.#buffer.length
    if (isDue || room <= 0) this.#writeOut(isUrgent)
    else this.#flushLater()
    if (!isDue) this.#unchecked = Math.min(linesPerCheck, Math.ceil(room / maxUncheckedUnits)) - 1
  }

  /**
   * Writes all whole lines now, even if the sink has failed and its next retry is not due yet. Waits for a slow sink. Returns the
   * error if lines could not be written.
   */
  flush(timeoutMs: number = defaultTimeoutMs): Error | undefined {
    this.#drainBuffer()
    const fault = this.#outbox.flush(timeoutMs, this.#options.fsync === 'flush')
    this.#syncLater()
    return fault
  }

  /** Starts to write all whole lines. Calls `done` once they are written, or with the error if they could not be written. */
  flushSoon(done: (fault?: Error) => void): void {
    this.#drainBuffer()
    this.#outbox.flushSoon(done, this.#options.fsync === 'flush')
    this.#syncLater()
  }

  /**
   * Writes everything, including a last line without its `\n`. Continues as long as the sink takes lines. If it takes none, gives
   * up after `timeoutMs`, or after ten times as long if a write has begun and does not return. Then drops the rest, and reports
   * how many lines are lost.
   */
  end(timeoutMs: number = defaultTimeoutMs): void {
    this.#writer.beforeEnd()
    this.#buffer.add(this.#decoder?.end() ?? '')
    this.#buffer.close()
    this.#drainBuffer()
    this.#outbox.end(timeoutMs, this.#usesFsync)
    this.#cancelFlush?.()
    this.#cancelFlush = undefined
    this.#cancelSync?.()
    this.#cancelSync = undefined
  }

  /**
   * Flushes and closes the file. The next line opens it again by name, or opens another file.
   *
   * @throws what `moveTo` of the sink throws
   */
  reopen(file?: string): void {
    this.flush()
    this.#writer.reopen(file)
  }

  /** Flushes, and rotates the file if its sink has a rotation. */
  rotate(): void {
    this.flush()
    this.#writer.rotate()
  }

  /** Closes the sink. A later line opens it again. */
  close(): void {
    this.#writer.close()
  }

  stats(): WriterStats {
    return { ...this.#outbox.stats }
  }

  /** True if all whole lines are written. */
  get isIdle(): boolean {
    return this.#outbox.isIdle && !this.#buffer.hasLine
  }

  /** Called after each write. @default nothing */
  get afterWrite(): (() => void) | undefined {
    return this.#writer.afterWrite
  }

  set afterWrite(listener: () => void) {
    this.#writer.afterWrite = listener
  }

  /** Decodes bytes. Converts any other value to text, as SonicBoom does: the user's hook `streamWrite` may return any value. */
  #decode(chunk: Uint8Array): string {
    if (!ArrayBuffer.isView(chunk)) return `${chunk}`
    this.#decoder ??= new StringDecoder('utf8')
    return this.#decoder.write(chunk as Buffer)
  }

  #isDue(isFirst: boolean, now: number): boolean {
    const pace = this.#pace
    if (!pace) return false
    return isFirst ? pace.isFirstDue(now, this.#writer.isSync) : pace.isBatchDue()
  }

  #writeOut(isUrgent: boolean): void {
    const isFull = this.#buffer.length >= this.#highWaterMark
    this.#drainBuffer(isUrgent || !isFull ? 1 : this.#options.flushBytes)
    this.#commit(isUrgent)
    if (this.#buffer.length > 0) this.#flushLater()
  }

  #commit(isUrgent: boolean): void {
    this.#outbox.commit(isUrgent, isUrgent && this.#options.fsync === 'flush')
    this.#syncLater()
  }

  /**
   * Passes the buffer's whole lines to the outbox. If a line without its end remains, the buffer is searched again only when its
   * size has doubled.
   */
  #drainBuffer(minBytes = 1): void {
    this.#unchecked = 0
    const { flushBytes } = this.#options
    this.#buffer.drain(flushBytes, minBytes, (lines) => this.#outbox.put(lines))
    this.#highWaterMark = Math.max(flushBytes, 2 * this.#buffer.length)
  }

  /** Schedules the write of what is buffered: with `flushMs` after that time, otherwise when the event loop next turns. */
  #flushLater(): void {
    if (this.#cancelFlush) return
    const pace = this.#pace
    if (pace) this.#cancelFlush = this.#clock.nextTurn(() => this.#flushAtTurn(pace))
    else this.#cancelFlush = this.#clock.after(this.#options.flushMs as number, () => this.#flushNow())
  }

  /** Writes what is buffered, or schedules it a little later if the event loop turns too often. */
  #flushAtTurn(pace: WritePace): void {
    if (pace.isTurnDue()) this.#flushNow()
    else this.#cancelFlush = this.#clock.after(maxHeldMs, () => this.#flushNow())
  }

  #flushNow(): void {
    this.#cancelFlush = undefined
    this.#drainBuffer()
    this.#commit(false)
  }

  #syncLater(): void {
    if (this.#options.fsync !== 'interval') return
    this.#cancelSync ??= this.#clock.after(this.#options.fsyncMs ?? 1000, () => {
      this.#cancelSync = undefined
      const isStarted = this.#writer.syncSoon((error) => error && this.#reports.fault(error))
      if (!isStarted) this.#outbox.commit(false, true)
    })
  }
}
