import { type Clock, systemClock } from '../system/index.ts'
import { type Batch, BatchPool } from './batch-pool.ts'
import type { Answer, Lane } from './lane.ts'
import type { LineEnd } from './line-end.ts'
import { Pace } from './pace.ts'
import { countLines, type WriterStats } from './writer-stats.ts'

const newline = 10
const nothing = Buffer.alloc(0)

/** What a {@link BatchQueue} may do. */
export interface BatchQueueOptions {
  /** What may wait, in bytes. */
  limit: number
  clock?: Clock
  /** Makes a lane to the same end, for when it proves slow. */
  lane?: (() => Lane) | undefined
  /** What finds no room beside a lane is given up at once. @default false: it is kept until the owner says {@link BatchQueue.trim} */
  drop?: boolean
  /** Told when the lane has answered. */
  answered?: () => void
}

/**
 * Batches of whole lines on their way to a {@link LineEnd}, in order. Normally none waits: they are written at once, on
 * this thread, from the caller's own buffer. An end that proves slow is left to a {@link Lane}; one that fails is left
 * alone. What waits is copied and counted, and is cut to the limit when the owner says so: the newest lines go.
 */
export class BatchQueue {
  readonly stats: WriterStats = { lines: 0, bytes: 0, flushes: 0, drops: 0, errors: 0 }
  /** Why the last attempt failed; undefined while all is well. */
  fault: NodeJS.ErrnoException | undefined
  readonly #end: LineEnd
  readonly #limit: number
  readonly #clock: Clock
  readonly #pace = new Pace()
  readonly #openLane: (() => Lane) | undefined
  readonly #drop: boolean
  readonly #answered: () => void
  #lane: Lane | undefined
  readonly #pool: BatchPool
  #batches: Batch[] = []
  #held = 0
  #over = false
  /** Asked for, and not done. */
  #sync = false
  /** What the lane has. */
  #sent: { batch: Batch | undefined; sync: boolean } | undefined

  constructor(
    end: LineEnd,
    { limit, lane, drop = false, clock = systemClock, answered = () => {} }: BatchQueueOptions,
  ) {
    this.#end = end
    this.#limit = limit
    this.#pool = new BatchPool(limit)
    this.#clock = clock
    this.#openLane = lane
    this.#drop = drop
    this.#answered = answered
  }

  /** Nothing waits, nothing is under way. */
  get idle(): boolean {
    return this.#batches.length === 0 && !this.#sync && !this.#sent
  }

  /** More waits than may. */
  get full(): boolean {
    return this.#held > this.#limit
  }

  /** The end will never take a line again. */
  get over(): boolean {
    return this.#over
  }

  /** Batches are written on another thread. */
  get laned(): boolean {
    return this.#lane !== undefined
  }

  /** Takes whole lines; afterwards the buffer is the caller's again. */
  put(lines: Buffer): void {
    let rest = lines
    if (this.#batches.length === 0 && !this.#lane && !this.fault && !this.#over) {
      try {
        while (rest.length > 0 && !this.#lane) rest = rest.subarray(this.#write(rest))
      } catch (error) {
        this.#keep(rest)
        this.#failed(error as NodeJS.ErrnoException)
        return
      }
    }
    if (rest.length > 0) this.#keep(rest)
  }

  /** Writes all that waits, or gives it to the lane; when the end fails, `fault` says why and the rest waits on. */
  drain(): void {
    if (this.#over) this.discard()
    try {
      for (let first = this.#batches[0]; first && !this.#lane; first = this.#batches[0]) {
        const taken = this.#write(first.lines)
        this.#shorten(first, taken)
      }
      if (this.#sync && !this.#lane) this.#syncNow()
      if (this.#lane) this.#feed(this.#lane)
      else this.fault = undefined
    } catch (error) {
      this.#failed(error as NodeJS.ErrnoException)
    }
  }

  /** What was pushed so far is on the disk when the queue is next idle. */
  sync(): void {
    this.#sync = this.#end.sync !== undefined
  }

  /** Blocks this thread for the lane, at most `ms`. False: it did not answer. */
  wait(ms: number): boolean {
    const answer = this.#lane?.wait(ms)
    if (answer) this.#hear(answer)
    return answer !== undefined
  }

  /** Gives up the newest lines of what is too much, but not the batch that the lane has. */
  trim(): void {
    this.#trim(this.#limit, this.#sent?.batch ? 1 : 0)
  }

  /** Gives up all. Whether the batch that a lane has is written, nobody will know: it counts as dropped. */
  discard(): void {
    this.#sync = false
    this.#sent = undefined
    this.#trim(0, 0)
  }

  /** The end is opened again with the next line. */
  reopen(): void {
    if (this.#lane) this.#lane.reopen()
    else this.#end.close()
  }

  /** The end is asked to move its file out of the way. */
  rotate(): void {
    if (this.#lane) this.#lane.rotate()
    else this.#end.rotate?.()
  }

  close(): void {
    this.#lane?.close()
    this.#lane = undefined
    this.#end.close()
  }

  #keep(lines: Buffer): void {
    const kept = this.#drop && this.#lane ? this.#fitting(lines) : lines.length
    if (kept === 0) return
    this.#batches.push(this.#pool.copy(lines.subarray(0, kept)))
    this.#held += kept
  }

  /** How many bytes of these lines there is room for, all where none wait; the others are given up before they are copied. */
  #fitting(lines: Buffer): number {
    const room = this.#limit - this.#held
    if (room >= lines.length || this.#held === 0) return lines.length
    const kept = room > 0 ? lines.lastIndexOf(newline, room - 1) + 1 : 0
    this.stats.drops += countLines(lines.subarray(kept))
    return kept
  }

  #write(lines: Buffer): number {
    const began = this.#clock.now()
    const taken = this.#end.write(lines)
    this.#count(lines, taken)
    const slow = this.#pace.slow(began, this.#clock.now())
    // not behind a cut line: only the end that cut it knows of it
    if (slow && this.#openLane && taken === lines.length) this.#leaveTo(this.#openLane())
    return taken
  }

  #leaveTo(lane: Lane): void {
    this.#end.close()
    this.#lane = lane
    lane.answered = (answer) => {
      this.#hear(answer)
      this.#answered()
    }
  }

  #feed(lane: Lane): void {
    const [batch] = this.#batches
    if (this.#sent || lane.busy || (!batch && !this.#sync)) return
    this.#sent = { batch, sync: this.#sync && this.#batches.length < 2 }
    lane.write(batch?.lines ?? nothing, this.#sent.sync)
  }

  #hear({ taken, error }: Answer): void {
    const sent = this.#sent
    if (!sent) return
    this.#sent = undefined
    if (sent.batch) {
      this.#count(sent.batch.lines, taken)
      this.#shorten(sent.batch, taken)
    }
    if (error) {
      this.#failed(error)
      return
    }
    this.fault = undefined
    if (sent.sync && this.#batches.length === 0) this.#sync = false
    if (this.#lane) this.#feed(this.#lane)
  }

  #syncNow(): void {
    this.#end.sync?.()
    this.#sync = false
  }

  #count(lines: Buffer, taken: number): void {
    this.stats.flushes++
    this.stats.bytes += taken
    this.stats.lines += countLines(lines.subarray(0, taken))
    this.#end.written?.(this.stats)
  }

  /** The first of those that wait was written, up to there. */
  #shorten(first: Batch, taken: number): void {
    this.#held -= taken
    first.lines = first.lines.subarray(taken)
    if (first.lines.length > 0) return
    this.#batches.shift()
    this.#pool.give(first)
  }

  #failed(error: NodeJS.ErrnoException): void {
    this.stats.errors++
    this.#over ||= this.#end.isOver?.(error) ?? false
    this.fault = this.#over ? undefined : error
    if (this.#over) this.discard()
    else if (this.full) this.trim()
  }

  #trim(limit: number, least: number): void {
    while (this.#held > limit && this.#batches.length > least) {
      const last = this.#batches.at(-1) as Batch
      const { lines } = last
      const room = lines.length - (this.#held - limit)
      const kept = room > 0 ? lines.lastIndexOf(newline, room - 1) + 1 : 0
      this.stats.drops += countLines(lines.subarray(kept))
      this.#held -= lines.length - kept
      this.#batches.pop()
      // in a buffer of its size: the bound is on what the process holds
      if (kept > 0) this.#batches.push(this.#pool.copy(lines.subarray(0, kept)))
      this.#pool.give(last)
    }
  }
}
