import { type Clock, systemClock } from '../system/index.ts'
import { Backoff } from './backoff.ts'
import { BatchBuffer } from './batch-buffer.ts'
import type { Batch } from './batch-pool.ts'
import type { Ack, BatchWriter } from './batch-writer.ts'
import { CallerWait, type CallerWaitOptions } from './caller-wait.ts'
import type { Reports } from './reports.ts'
import { countLines, type WriterStats } from './writer-stats.ts'

export interface OutboxOptions extends CallerWaitOptions {
  /** Maximum size of the buffered lines, in bytes. */
  limit: number
  /** Pause before the first retry of a failed sink, in ms. It doubles with each attempt, up to a maximum. */
  backoffMs: number
  reports: Reports
  clock?: Clock | undefined
}

/** How long `end(0)` waits for a write that has begun, in ms. The timeout is 0 if an exit handler logs a line after the end. */
const minEndWaitMs = 1000

/**
 * The lines that the sink has not taken yet, in batches, in order. While the sink keeps up, nothing is buffered: a batch is
 * written at once from the caller's own buffer. Lines that a slow or failing sink does not take are copied, up to a limit.
 * Beyond the limit, if the sink is slow, the call waits or its lines are dropped, as `overflow` says. If the sink fails, no call
 * waits: the newest lines are dropped, and the sink is retried with backoff. A record in the log reports the dropped lines.
 */
export class Outbox {
  readonly stats: WriterStats = { lines: 0, bytes: 0, flushes: 0, drops: 0, errors: 0 }
  readonly #writer: BatchWriter
  readonly #options: OutboxOptions
  readonly #clock: Clock
  readonly #buffer: BatchBuffer
  #isClosed = false
  #fault: NodeJS.ErrnoException | undefined
  /** True if a sync was requested and is not done yet. */
  #needsSync = false
  #unacked: { batch: Batch | undefined; sync: boolean } | undefined
  readonly #callerWait: CallerWait
  readonly #backoff: Backoff
  readonly #flushes: ((fault?: Error) => void)[] = []

  constructor(writer: BatchWriter, options: OutboxOptions) {
    this.#writer = writer
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#buffer = new BatchBuffer(options.limit)
    this.#callerWait = new CallerWait(this.#clock, options)
    this.#backoff = new Backoff(this.#clock, options.backoffMs, () => {
      this.#submitAll()
      this.#afterAttempt()
    })
    writer.onAck = (ack) => {
      if (this.#receive(ack)) this.#submitAll()
      this.#afterAttempt()
    }
  }

  /** True if nothing is buffered or unacknowledged. */
  get isIdle(): boolean {
    return this.#buffer.isEmpty && !this.#needsSync && !this.#unacked
  }

  /** True if the next line can be written at once: the sink works, nothing is buffered, and no callback or record is due. */
  get #isQuiet(): boolean {
    const isBusy = !this.isIdle || this.#fault || this.#isClosed || this.#flushes.length > 0
    return !isBusy && !this.#options.reports.hasNewDrops(this.stats.drops)
  }

  /**
   * Takes whole lines. The caller may reuse its buffer afterwards. Each call must be followed by {@link commit} or {@link flush}.
   *
   * @param count the number of these lines, if the caller knows it
   */
  put(lines: Buffer, count?: number): void {
    let rest = lines
    let fault: NodeJS.ErrnoException | undefined
    const isDirect = this.#buffer.isEmpty && !this.#fault && !this.#isClosed
    while (isDirect && !fault && rest.length > 0 && this.#writer.isSync) {
      const { taken, error } = this.#writer.submit(rest, false) as Ack
      this.#add(taken, (taken === lines.length && count) || countLines(rest.subarray(0, taken)))
      rest = rest.subarray(taken)
      fault = error
    }
    if (rest.length > 0) this.#bufferLines(rest)
    if (fault) this.#handleError(fault)
  }

  /** Takes one whole line at the time `now`. Returns true if it is written. Otherwise {@link commit} must follow. */
  putLine(line: string, now: number): boolean {
    const bytes = Buffer.byteLength(line)
    const taken = this.#isQuiet ? this.#writer.writeLine(line, bytes, now) : 0
    this.#add(taken, taken === bytes ? 1 : 0)
    if (taken < bytes) this.put(Buffer.from(line).subarray(taken), 1)
    return taken === bytes
  }

  /**
   * Writes what is buffered, unless the sink fails and its backoff is not over. Then makes room as `overflow` requires.
   *
   * @param urgent waits until the lines are written, if `overflow` allows a call to wait
   * @param sync then also syncs them
   */
  commit(urgent = false, sync = false): void {
    if (this.#isQuiet && !sync) return
    if (!this.#fault) {
      if (sync) this.#needsSync = true
      if (this.#unacked) this.#wait(0)
      else this.#submitAll()
    }
    if (this.#buffer.isFull || (urgent && !this.#writer.isSync)) this.#makeRoom(urgent)
    this.#afterAttempt()
  }

  /** Writes all that is buffered, also to a failing sink, and waits for a slow one. Returns the error if lines remain. */
  flush(timeoutMs: number, sync = false): Error | undefined {
    if (sync) this.#needsSync = true
    this.#submitAll()
    const isWritten = this.#waitForAll(timeoutMs)
    this.#afterAttempt()
    if (isWritten) this.#waitForAll(timeoutMs) // a record of dropped lines may have been added
    return this.#fault
  }

  /** Starts to write all that is buffered. Calls `done` when it is written, or with the error. */
  flushSoon(done: (fault?: Error) => void, sync = false): void {
    this.#flushes.push(done)
    if (sync) this.#needsSync = true
    this.#submitAll()
    this.#afterAttempt()
  }

  /**
   * Writes the buffered lines while the sink takes lines. If it takes none for `timeoutMs`, or for ten times as long if a write has
   * begun and does not return, drops the rest. Reports how many lines are lost.
   */
  end(timeoutMs: number, sync = false): void {
    const until = this.#clock.now() + timeoutMs
    while (this.flush(timeoutMs, sync) && this.#clock.now() < until) this.#clock.pause(50)
    if (this.#unacked && this.#writer.takeBack()) {
      this.#unacked = undefined
      this.#submitAll()
    } else this.#waitForAll(9 * timeoutMs || minEndWaitMs)
    this.#backoff.cancel()
    if (!this.isIdle) this.#dropAll()
    if (!this.#isClosed) this.#options.reports.loss(this.stats.drops)
  }

  /** Submits all batches. Returns at the first that is not acknowledged at once, and at an error. */
  #submitAll(): void {
    if (this.#isClosed) this.#dropAll()
    while (!this.#unacked) {
      const { first: batch } = this.#buffer
      if (!batch && !this.#needsSync) {
        this.#fault = undefined
        return
      }
      const sync = this.#needsSync && this.#buffer.batches < 2
      this.#unacked = { batch, sync }
      const ack = this.#writer.submit(batch?.lines ?? Buffer.alloc(0), sync)
      if (!ack || !this.#receive(ack)) return
    }
  }

  #receive({ taken, error }: Ack): boolean {
    const unacked = this.#unacked
    if (!unacked) return true
    this.#unacked = undefined
    this.#callerWait.reset()
    const { batch, sync } = unacked
    if (sync && !error && taken === (batch?.lines.length ?? 0)) this.#needsSync = false
    if (batch) {
      this.#add(taken, countLines(batch.lines.subarray(0, taken)))
      this.#buffer.remove(taken)
    }
    if (error) this.#handleError(error)
    else this.#fault = undefined
    return error === undefined
  }

  /** Waits as long as each ack comes within `timeoutMs`, also after an error. Returns false if lines remain. */
  #waitForAll(timeoutMs: number): boolean {
    while (this.#wait(timeoutMs));
    return this.isIdle
  }

  /** Blocks this thread until the next ack, at most `ms`. Returns false if none came. */
  #wait(ms: number): boolean {
    const ack = this.#unacked && this.#writer.wait(ms)
    if (!ack) return false
    if (this.#receive(ack)) this.#submitAll()
    return true
  }

  /** If too much is buffered, waits as long as a call may wait, and then drops the newest lines. */
  #makeRoom(urgent: boolean): void {
    const isNeeded = () => !this.#fault && (this.#buffer.isFull || (urgent && !this.isIdle))
    this.#callerWait.wait(isNeeded, (ms) => this.#wait(ms))
    this.stats.drops += this.#buffer.dropExcess(this.#unacked?.batch)
  }

  /** Called after each attempt. Schedules the retry, reports, and calls the callbacks of `flushSoon`. */
  #afterAttempt(): void {
    const fault = this.#fault
    if (fault) {
      this.#options.reports.fault(fault)
      this.#backoff.retryLater()
    } else {
      this.#backoff.reset()
      if (this.isIdle && !this.#isClosed) this.#recordDrops()
    }
    if ((fault && !this.#unacked) || this.isIdle) for (const done of this.#flushes.splice(0)) done(fault)
  }

  /** Writes a record with the number of lines that were dropped since the last one. */
  #recordDrops(): void {
    const record = this.#options.reports.drops(this.stats.drops)
    if (!record) return
    this.put(Buffer.from(record))
    this.#submitAll()
  }

  #bufferLines(lines: Buffer): void {
    const isDropping = this.#options.overflow === 'drop' && !this.#writer.isSync
    this.stats.drops += this.#buffer.add(lines, isDropping, this.#unacked?.batch)
  }

  #add(bytes: number, lines: number): void {
    if (bytes === 0) return
    this.stats.flushes++
    this.stats.bytes += bytes
    this.stats.lines += lines
    this.#writer.onWrite(this.stats)
  }

  #handleError(error: NodeJS.ErrnoException): void {
    this.stats.errors++
    this.#isClosed ||= this.#writer.isPermanent(error)
    this.#fault = this.#isClosed ? undefined : error
    if (this.#isClosed) this.#dropAll()
    else this.stats.drops += this.#buffer.dropExcess(this.#unacked?.batch)
  }

  /** Drops everything. An unacknowledged batch counts as dropped, because it is not known whether it was written. */
  #dropAll(): void {
    this.#needsSync = false
    this.#unacked = undefined
    this.stats.drops += this.#buffer.clear()
  }
}
