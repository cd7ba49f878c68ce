import { filesShape, kernelOf, type Layout, layoutOf, liveBudget, liveShape } from '../kernel/index.ts'
import type { TimeKey } from './line-time.ts'
import type { LiveMemory } from './live-memory.ts'
import { LiveScheduler } from './live-scheduler.ts'
import { OutputRing } from './output-ring.ts'
import type { Planned } from './plan.ts'
import { Planner } from './planner.ts'
import { readToEnd } from './read-to-end.ts'
import type { Source } from './source.ts'

/**
 * The longest timer that Node supports, in ms. A longer one fires at once, so longer windows are limited to it. This is
 * a copy of `maxTimerMs` in `pino-rank/sink`, because this package imports only `pino-rank/record`.
 * `long-window.test.ts` checks it against Node itself.
 */
const maxTimerMs = 2 ** 31 - 1

export interface MergeOptions {
  /**
   * True: the sources are still being written, so a line waits for earlier ones no longer than the reorder window.
   * @default false: each source is read to its end
   */
  live?: boolean
  /** How long a line waits for earlier lines of silent live sources, in ms. @default 50 */
  reorderWindowMs?: number
  /**
   * Maximum reorder window, in ms. It grows up to this if live sources deliver their lines later than it allows.
   * @default reorderWindowMs: it does not grow
   */
  maxReorderWindowMs?: number
  /**
   * For this long after the first line, in ms, the merge also waits for live sources that have delivered nothing yet.
   * @default 0
   */
  startWindowMs?: number
  /**
   * Live: text whose newline does not arrive within the window is emitted without it, for example a prompt. The rest of
   * the line follows. If a line of another source comes first, a newline is added before it. A part of a record (`{"`)
   * is not emitted.
   * @default false: only whole lines are emitted
   */
  partialLines?: boolean
  /** Buffers live sources while the merge waits for another one. @default none: a source that is ahead is not read */
  memory?: LiveMemory
  /** The owner of each source, for the limits of the memory. @default each source is its own owner */
  owners?: readonly string[]
  /**
   * The name of the field with the time; dots lead into objects. A function returns the name for a source. It is called
   * once for each source, when its first lines arrive. @default 'time'
   */
  timeKey?: TimeKey
  /** Memory for all sources together, in bytes. @default 33554432; of live sources 12582912, or 65536 for each */
  maxBytes?: number
  /** True: chunks are not copied, so a chunk is valid only until the one after the next is requested. @default false */
  reuse?: boolean
  /** False: do not use WebAssembly. @default true, if there is WebAssembly with SIMD */
  wasm?: boolean
  /** Returns the current time, in ms since 1970. @default Date.now */
  now?: () => number
}

export interface MergeStats {
  lines: number
  /** Lines of live sources that arrived after later lines were written. */
  late: number
  /** Number of sources that ended within a line. That line got a newline. */
  unfinished: number
}

/** Ordered lines in one buffer. Valid until the next batch is requested. */
export interface Batch {
  bytes: Buffer
  count: number
  /** Start of each line, and its end with the newline. */
  from: Uint32Array
  to: Uint32Array
  /** Index of each line's source. */
  sources: Uint16Array
  /** Time of each line, in ms since 1970. */
  times: Float64Array
}

/**
 * Merges sources of lines in the order of time. Iterate over it to get chunks of whole lines, or over `batches()` to
 * get lines with their sources and times. A chunk of live sources may be empty: it means that {@link Merged.emittedBytes}
 * has changed.
 */
export class Merged implements AsyncIterable<Buffer> {
  readonly #planner: Planner
  readonly #ring: OutputRing
  readonly #plans: () => AsyncGenerator<Planned>
  readonly #bytes: Buffer
  readonly #reuse: boolean
  /** Chunks that are still valid, oldest first. */
  readonly #validChunks: Buffer[] = []

  constructor(sources: readonly Source[], options: MergeOptions = {}) {
    const { live = false, reorderWindowMs = 50, maxReorderWindowMs = reorderWindowMs, startWindowMs = 0 } = options
    const { partialLines = false } = options
    const { timeKey = 'time', wasm, now = Date.now, memory, owners = sources.map((_, index) => `${index}`) } = options
    const { maxBytes = live ? liveBudget(sources.length) : 2 ** 25 } = options
    const windows = {
      windowMs: checkMs('reorderWindowMs', reorderWindowMs),
      maxWindowMs: checkMs('maxReorderWindowMs', maxReorderWindowMs),
    }
    this.#reuse = options.reuse === true
    const layout: Layout = layoutOf(sources.length, maxBytes, live ? liveShape : filesShape)
    const kernel = kernelOf(layout.size, wasm)
    this.#bytes = Buffer.from(kernel.bytes.buffer, kernel.bytes.byteOffset, kernel.bytes.byteLength)
    this.#planner = new Planner(sources.length, kernel, layout, timeKey)
    this.#ring = new OutputRing(kernel, layout)
    const planner = this.#planner
    if (memory) reserveLayout(memory, layout, owners)
    const settings = { ...windows, startMs: checkMs('startWindowMs', startWindowMs), partialLines, memory, owners, now }
    this.#plans = live ? () => new LiveScheduler(sources, planner, settings).plans() : () => readToEnd(sources, planner)
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    let isUpToDate = true // false after a chunk at which more lines were planned, so that `emittedBytes` was a lower bound
    for await (const { count, isIdle } of this.#plans()) {
      while (!this.#ring.copy(count)) {
        yield this.#takeChunk()
        isUpToDate = false
      }
      if (!isIdle) continue
      if (!this.#ring.isEmpty) yield this.#takeChunk()
      else if (!isUpToDate) yield Buffer.alloc(0)
      isUpToDate = true
    }
    if (!this.#ring.isEmpty) yield this.#takeChunk()
  }

  /** Yields batches of lines with their sources and times. An empty batch means that no live source has more lines for now. */
  async *batches(): AsyncGenerator<Batch> {
    const { from, to, sources, times } = this.#planner.planned
    for await (const { count } of this.#plans()) yield { bytes: this.#bytes, count, from, to, sources, times }
  }

  /**
   * Returns how many bytes of each live source have been emitted, in chunks or batches. It is updated whenever no
   * source has more bytes, so in between it is a lower bound.
   */
  emittedBytes(): Float64Array {
    return this.#planner.emittedBytes.slice()
  }

  /**
   * Returns by how many ms a live source's clock is ahead of ours. A negative value is the minimum lag of its lines:
   * its clock is behind, or it holds lines back.
   */
  skew(source: number): number {
    return this.#planner.skew(source)
  }

  /** Returns how many records (JSON lines) of a source had no time. */
  untimed(source: number): number {
    return this.#planner.untimed(source)
  }

  /** Reports whether a line of a source had a time. */
  hasTime(source: number): boolean {
    return this.#planner.lastTime(source) > 0
  }

  stats(): MergeStats {
    return this.#planner.stats()
  }

  #takeChunk(): Buffer {
    const filled = this.#ring.take() as Buffer
    if (this.#reuse) {
      this.#validChunks.push(filled)
      if (this.#validChunks.length > 2) this.#ring.release(this.#validChunks.shift() as Buffer)
      return filled
    }
    this.#ring.release(filled)
    return Buffer.from(filled)
  }
}

/** Counts the memory that a merge always needs for its sources. */
function reserveLayout(memory: LiveMemory, { size, region }: Layout, owners: readonly string[]): void {
  memory.reserve(size - owners.length * 2 * region)
  for (const owner of owners) memory.reserve(2 * region, owner)
}

/** Merges sources of lines: see {@link Merged}. */
export function merge(sources: readonly Source[], options?: MergeOptions): Merged {
  return new Merged(sources, options)
}

/** Returns a duration, limited to {@link maxTimerMs}. @throws {RangeError} if it is not a number of at least 0 */
function checkMs(option: string, ms: number): number {
  if (ms >= 0) return Math.min(ms, maxTimerMs)
  throw new RangeError(
    `pino-rank-merge: option "${option}": expected a number of ms from 0, received ${ms}; give a number, e.g. 50`,
  )
}
