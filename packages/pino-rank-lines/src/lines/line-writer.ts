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

/** The age of a batch is checked after each such number of lines, and with each longer line (in UTF-16 code units). */
const linesPerCheck = 8
const maxUncheckedUnits = 1024
const maxUnchecked = linesPerCheck * maxUncheckedUnits

/** How long {@link LineWriter.end} tries a sink that takes nothing, in ms. */
const defaultTimeoutMs = 1000

/**
 * Decides when lines are written. It takes text that is cut anywhere and hands batches of whole lines to an {@link Outbox}: by
 * size, by age, at a level, on `flush()`, and at the end. As long as the sink keeps up everything is synchronous: natural exit,
 * `process.exit`, exceptions and handled signals lose nothing.
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
  #sealAt: number
  /** Number of lines that may be added to the batch before it is checked again. */
  #unchecked = 0
  readonly #syncs: boolean
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
    this.#sealAt = flushBytes
    this.#syncs = (options.fsync ?? 'never') !== 'never'
  }

  /** Takes text that is cut anywhere. `level`: that of its one line if the caller knows it; otherwise its lines are searched. */
  write(chunk: string | Uint8Array, level?: number): void {
    if (this.#unchecked > 0 && typeof chunk === 'string' && chunk.length <= maxUncheckedUnits) {
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
      if (!this.#outbox.putLine(text, now) || this.#syncs) this.#commit(isUrgent)
      return
    }
    this.#buffer.add(text)
    const room = this.#sealAt - this.#buffer.length
    if (isDue || room <= 0) this.#writeOut(isUrgent)
    else this.#flushLater()
    if (!isDue && room >= maxUnchecked) this.#unchecked = linesPerCheck - 1
  }

  /** Writes all whole lines now, also to a sink that fails. Returns why it could not. A slow sink is waited for. */
  flush(timeoutMs: number = defaultTimeoutMs): Error | undefined {
    this.#seal()
    const fault = this.#outbox.flush(timeoutMs, this.#options.fsync === 'flush')
    this.#syncLater()
    return fault
  }

  /** Does the same without waiting: `done` is called when the lines of now are written, or with why they are not. */
  flushSoon(done: (fault?: Error) => void): void {
    this.#seal()
    this.#outbox.flushSoon(done, this.#options.fsync === 'flush')
    this.#syncLater()
  }

  /**
   * Writes everything, including a last line without its `\n`. Continues as long as the sink takes lines, and for `timeoutMs`
   * while it takes none, ten times as long if a write has begun and does not return. Then drops the rest and reports how many
   * lines are lost.
   */
  end(timeoutMs: number = defaultTimeoutMs): void {
    this.#writer.beforeEnd()
    this.#buffer.add(this.#decoder?.end() ?? '')
    this.#buffer.close()
    this.#seal()
    this.#outbox.end(timeoutMs, this.#syncs)
    this.#cancelFlush?.()
    this.#cancelFlush = undefined
    this.#cancelSync?.()
    this.#cancelSync = undefined
  }

  /** Leaves the file; the next line opens its name again, or another file. @throws what `moveTo` of the sink throws */
  reopen(file?: string): void {
    this.flush()
    this.#writer.reopen(file)
  }

  /** Flushes, and moves the file out of the way if its sink has a rotation. */
  rotate(): void {
    this.flush()
    this.#writer.rotate()
  }

  /** Gives the sink back; a later line opens it again. */
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

  /** Takes anything else as text, as SonicBoom does: pino passes on whatever the user's hook `streamWrite` returns. */
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
    const isFull = this.#buffer.length >= this.#sealAt
    this.#seal(isUrgent || !isFull ? 1 : this.#options.flushBytes)
    this.#commit(isUrgent)
    if (this.#buffer.length > 0) this.#flushLater()
  }

  #commit(isUrgent: boolean): void {
    this.#outbox.commit(isUrgent, isUrgent && this.#options.fsync === 'flush')
    this.#syncLater()
  }

  /** Moves the whole lines to the outbox. A line without its end is looked at again only when it has doubled. */
  #seal(minBytes = 1): void {
    this.#unchecked = 0
    const { flushBytes } = this.#options
    this.#buffer.drain(flushBytes, minBytes, (lines) => this.#outbox.put(lines))
    this.#sealAt = Math.max(flushBytes, 2 * this.#buffer.length)
  }

  /** What is left of a batch is written when the event loop next turns; if it turns too often, a little later. */
  #flushLater(): void {
    if (this.#cancelFlush) return
    const pace = this.#pace
    if (pace) this.#cancelFlush = this.#clock.nextTurn(() => this.#flushAtTurn(pace))
    else this.#cancelFlush = this.#clock.after(this.#options.flushMs as number, () => this.#flushNow())
  }

  #flushAtTurn(pace: WritePace): void {
    if (pace.isTurnDue()) this.#flushNow()
    else this.#cancelFlush = this.#clock.after(maxHeldMs, () => this.#flushNow())
  }

  #flushNow(): void {
    this.#cancelFlush = undefined
    this.#seal()
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
