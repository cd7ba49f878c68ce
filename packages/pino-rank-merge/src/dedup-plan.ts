import { type GroupLayout, groupLayoutOf } from './group-layout.ts'
import { GroupTable, type Said, type Sink } from './group-table.ts'
import type { Kernel } from './kernel.ts'
import { LastBlock, mostBlock } from './last-block.ts'
import { places } from './layout.ts'
import type { Places, Plan, PlanPlaces } from './plan.ts'
import { field, recordBytes } from './records.ts'

const mostRanges = 2 ** 14
const leastText = 2 ** 16

const brace = 123

/** Where a {@link DedupPlan} has its things in the kernel's memory. */
export interface DedupLayout extends Places {
  groups: GroupLayout
  texts: number
  textBytes: number
  last: number
  /** For a plan of one range. */
  single: PlanPlaces & { record: number }
  size: number
}

/** @param lines of a plan, at most */
export function dedupLayoutOf(start: number, lines: number, names: readonly string[], arenaBytes: number): DedupLayout {
  const textBytes = leastText + 2 * mostText(names)
  const groups = groupLayoutOf(start, lines, names.length, arenaBytes)
  const place = places(groups.end)
  return {
    groups,
    from: place(4 * mostRanges),
    to: place(4 * mostRanges),
    texts: place(textBytes),
    textBytes,
    last: place(mostBlock + 64),
    single: { from: place(8), to: place(8), sources: place(8), planTimes: place(8), record: place(recordBytes) },
    size: place(64) + 64,
  }
}

/** The longest `"ranks":"…",`, in bytes. */
function mostText(names: readonly string[]): number {
  return Buffer.byteLength(names.join()) + 16
}

/**
 * A plan in which what several sources say in the same words stands once, with `ranks`: ranges of the memory again. For sources
 * that are read to their end.
 */
export class DedupPlan implements Sink {
  /** Ranges that wait to be copied, and where they are. */
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
  readonly #texts = new Map<string, number>()
  readonly #textLimit: number
  #textEnd: number

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
    this.#textEnd = layout.texts
    this.#textLimit = layout.texts + layout.textBytes - mostText(names)
  }

  get isFull(): boolean {
    return this.count + 3 > mostRanges || this.#textEnd > this.#textLimit
  }

  say({ from, to, rankStart, rankEnd, count, ranks }: Said): void {
    if (count === 1 || this.#bytes[from] !== brace) {
      this.#add(from, to)
      return
    }
    const start = from + (rankEnd === 0 ? 1 : rankStart)
    this.#add(from, start)
    this.#addText(rankEnd === 0 ? `"ranks":"${ranks()}",` : `"ranks":"${ranks()}"`)
    this.#add(rankEnd === 0 ? start : from + rankEnd, to)
  }

  /** Takes the plan. At each step the ranges are to be copied; the plan's memory may be used again when it has ended. */
  *take(): Generator<void, void, void> {
    const { count, places } = this.#plan
    this.#begin()
    const { records } = this.#layout.groups
    const blocks = this.#digest(count, places, records)
    let block = 0
    if (this.#last.goesOn(this.#at(field.source, 0), this.#at(field.from, 0))) {
      yield* this.#goOn(this.#at(field.from, 0), this.#at(field.to, 0))
      block = 1
    }
    if (block < blocks) yield* this.#takeLast()
    while (block < blocks - 1) {
      block = this.#table.take(records, block, blocks - 1)
      if (block < blocks - 1) yield* this.#copied()
    }
    yield* this.#until(() => this.#table.settle())
    yield
    if (block === blocks) return
    const time = this.#plan.times[count - 1] as number
    this.#last.hold(this.#at(field.from, block), this.#at(field.to, block), this.#at(field.source, block), time)
  }

  /** All that is left. */
  *end(): Generator<void, void, void> {
    this.#begin()
    yield* this.#takeLast()
    yield* this.#until(() => this.#table.close(Infinity))
    yield
  }

  /** More of the last block. One that is too long is written at once, behind all that was said before. */
  *#goOn(from: number, to: number): Generator<void, void, void> {
    const { passes } = this.#last
    if (this.#last.append(from, to)) return
    if (!passes) {
      yield* this.#until(() => this.#table.close(Infinity))
      this.#add(this.#last.from, this.#last.to)
    }
    this.#add(from, to)
  }

  *#takeLast(): Generator<void, void, void> {
    const { source, time, from, to, passes } = this.#last
    this.#last.release()
    if (source === -1 || passes) return
    const { single } = this.#layout
    this.#numbers[single.from >> 2] = from
    this.#numbers[single.to >> 2] = to
    this.#numbers[single.sources >> 2] = source
    this.#floats[single.planTimes >> 3] = time
    this.#digest(1, single, single.record)
    while (this.#table.take(single.record, 0, 1) < 1) yield* this.#copied()
  }

  #digest(count: number, { from, to, sources, planTimes }: PlanPlaces, records: number): number {
    return this.#kernel.digest(count, from, to, sources, planTimes, records)
  }

  #at(of: number, block: number): number {
    return this.#numbers[(this.#layout.groups.records + recordBytes * block + of) >> 2] as number
  }

  *#until(done: () => boolean): Generator<void, void, void> {
    while (!done()) yield* this.#copied()
  }

  *#copied(): Generator<void, void, void> {
    yield
    this.#begin()
  }

  #begin(): void {
    this.count = 0
    this.#texts.clear()
    this.#textEnd = this.#layout.texts
    this.#table.begin()
  }

  #add(from: number, to: number): void {
    this.#numbers[(this.places.from >> 2) + this.count] = from
    this.#numbers[(this.places.to >> 2) + this.count] = to
    this.count++
  }

  #addText(text: string): void {
    let place = this.#texts.get(text)
    if (place === undefined) {
      place = this.#textEnd
      this.#textEnd += this.#bytes.write(text, place)
      this.#texts.set(text, place)
    }
    this.#add(place, place + Buffer.byteLength(text))
  }
}
