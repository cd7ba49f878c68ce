import { maxBlockBytes } from '../decorate/index.ts'
import type { Kernel } from '../kernel/index.ts'
import { field, places, recordBytes } from '../kernel/index.ts'
import type { Places, Plan, PlanPlaces } from '../order/index.ts'
import { type GroupLayout, groupLayoutOf, maxBlocks } from './group-layout.ts'
import { type Group, GroupTable, type Sink } from './group-table.ts'
import { LastBlock } from './last-block.ts'
import { RankTexts, rankPlaceOf, type Shape } from './rank-texts.ts'

const maxRanges = 2 ** 14

const brace = 123

/** The offsets of a {@link DedupPlan} in the kernel's memory. */
export interface DedupLayout extends Places {
  groups: GroupLayout
  texts: number
  last: number
  /** A plan with one range: the last block of the previous plan, once it is known that the next plan does not continue it. */
  single: PlanPlaces & { record: number }
  size: number
}

export function dedupLayoutOf(start: number, names: readonly string[], arenaBytes: number): DedupLayout {
  const groups = groupLayoutOf(start, names.length, arenaBytes)
  const place = places(groups.end)
  return {
    groups,
    from: place(4 * maxRanges),
    to: place(4 * maxRanges),
    texts: place(RankTexts.bytesFor(names)),
    last: place(maxBlockBytes + 64),
    single: { from: place(8), to: place(8), sources: place(8), planTimes: place(8), record: place(recordBytes) },
    size: place(64) + 64,
  }
}

/**
 * Turns a plan into one in which duplicates occur once: a record with `ranks`, or text that is prefixed with its ranks:
 * `[0-7] `. The result consists of ranges of the kernel's memory, like the plan. It is for sources that are read to
 * their end.
 *
 * `dedup` does the same for streams of blocks. `ranklog merge --dedup` does not use that, because it costs much more
 * CPU time: each block becomes an object, and its bytes are copied into the memory of a second kernel and out of it.
 * Both use {@link GroupTable} and `rankPlaceOf`.
 */
export class DedupPlan implements Sink {
  /** Number of ranges to copy. */
  count = 0
  readonly places: Places
  readonly #plan: Plan
  readonly #kernel: Kernel
  readonly #layout: DedupLayout
  readonly #bytes: Buffer
  readonly #numbers: Uint32Array
  readonly #floats: Float64Array
  readonly #table: GroupTable
  readonly #last: LastBlock
  readonly #texts: RankTexts

  constructor(names: readonly string[], windowMs: number, plan: Plan, kernel: Kernel, layout: DedupLayout) {
    const { buffer, byteOffset, byteLength } = kernel.bytes
    this.#plan = plan
    this.#kernel = kernel
    this.#layout = layout
    this.#bytes = Buffer.from(buffer, byteOffset, byteLength)
    this.#numbers = new Uint32Array(buffer, byteOffset, byteLength >> 2)
    this.#floats = new Float64Array(buffer, byteOffset, byteLength >> 3)
    this.#table = new GroupTable(names, windowMs, kernel, layout.groups, this)
    this.#last = new LastBlock(kernel.bytes, layout.last)
    this.places = layout
    this.#texts = new RankTexts(this.#bytes, layout.texts, names)
  }

  get isFull(): boolean {
    return this.count + 3 > maxRanges || this.#texts.isFull
  }

  emit({ from, to, rankStart, rankEnd, count, ranks }: Group): void {
    if (count === 1) {
      this.#add(from, to)
      return
    }
    const { shape, start, end } = rankPlaceOf(this.#bytes[from], rankStart, rankEnd)
    if (start > 0) this.#add(from, from + start)
    this.#addText(shape, ranks())
    this.#add(from + end, to)
  }

  /**
   * Takes the current plan. The ranges must be copied at each `yield`. The plan's memory may be used again when the
   * generator has ended.
   */
  *take(): Generator<void, void, void> {
    const { count, times } = this.#plan
    const { records } = this.#layout.groups
    this.#reset()
    for (let start = 0, end = 0; start < count; start = end) {
      end = this.#endOfBlocks(start)
      const blocks = this.#fingerprint(start, end)
      let block = 0
      if (start === 0) {
        if (this.#last.isContinuedBy(this.#at(field.source, 0), this.#at(field.from, 0))) {
          yield* this.#appendToLast(this.#at(field.from, 0), this.#at(field.to, 0))
          block = 1
        }
        if (block < blocks) yield* this.#takeLast()
      }
      const complete = end < count ? blocks : blocks - 1
      while (block < complete) {
        block = this.#table.take(records, block, complete)
        if (block < complete) yield* this.#flush()
      }
      if (end < count) continue
      yield* this.#until(() => this.#table.moveToArena())
      yield
      const time = times[count - 1] as number
      if (block < blocks)
        this.#last.hold(this.#at(field.from, block), this.#at(field.to, block), this.#at(field.source, block), time)
    }
  }

  /** Emits the groups that are still open. The ranges must be copied at each `yield`. */
  *end(): Generator<void, void, void> {
    this.#reset()
    yield* this.#takeLast()
    yield* this.#until(() => this.#table.close(Infinity))
    yield
  }

  /** Adds lines to the last block. If it becomes too long, all open groups are closed, and it is written after them. */
  *#appendToLast(from: number, to: number): Generator<void, void, void> {
    const { isTooLong } = this.#last
    if (this.#last.append(from, to)) return
    if (!isTooLong) {
      yield* this.#until(() => this.#table.close(Infinity))
      this.#add(this.#last.from, this.#last.to)
    }
    this.#add(from, to)
  }

  *#takeLast(): Generator<void, void, void> {
    const { source, time, from, to, isTooLong } = this.#last
    this.#last.release()
    if (source === -1 || isTooLong) return
    const { single } = this.#layout
    this.#numbers[single.from >> 2] = from
    this.#numbers[single.to >> 2] = to
    this.#numbers[single.sources >> 2] = source
    this.#floats[single.planTimes >> 3] = time
    this.#kernel.fingerprint(1, single.from, single.to, single.sources, single.planTimes, single.record)
    while (this.#table.take(single.record, 0, 1) < 1) yield* this.#flush()
  }

  /** Returns the end of the lines that are matched together, from `start` on. It is always the end of a block. */
  #endOfBlocks(start: number): number {
    const { count, from, to } = this.#plan
    const isContinuation = (line: number) =>
      line < count && from[line] === to[line - 1] && this.#bytes[from[line] as number] !== brace
    let end = Math.min(start + maxBlocks, count)
    while (end > start && isContinuation(end)) end--
    if (end === start) while (isContinuation(++end)) {}
    return end
  }

  #fingerprint(start: number, end: number): number {
    const { from, to, sources, planTimes } = this.#plan.places
    return this.#kernel.fingerprint(
      end - start,
      from + 4 * start,
      to + 4 * start,
      sources + 2 * start,
      planTimes + 8 * start,
      this.#layout.groups.records,
    )
  }

  #at(of: number, block: number): number {
    return this.#numbers[(this.#layout.groups.records + recordBytes * block + of) >> 2] as number
  }

  *#until(isDone: () => boolean): Generator<void, void, void> {
    while (!isDone()) yield* this.#flush()
  }

  *#flush(): Generator<void, void, void> {
    yield
    this.#reset()
  }

  #reset(): void {
    this.count = 0
    this.#texts.clear()
    this.#table.reclaim()
  }

  #add(from: number, to: number): void {
    this.#numbers[(this.places.from >> 2) + this.count] = from
    this.#numbers[(this.places.to >> 2) + this.count] = to
    this.count++
  }

  #addText(shape: Shape, ranks: string): void {
    const { from, to } = this.#texts.find(shape, ranks)
    this.#add(from, to)
  }
}
