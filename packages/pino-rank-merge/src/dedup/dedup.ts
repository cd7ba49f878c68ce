import type { Block, Decorator } from '../decorate/index.ts'
import { maxBlockBytes } from '../decorate/index.ts'
import type { Kernel } from '../kernel/index.ts'
import { kernelOf, places } from '../kernel/index.ts'
import type { PlanPlaces } from '../order/index.ts'
import { type GroupLayout, groupLayoutOf, maxBlocks } from './group-layout.ts'
import { type Group, GroupTable, type Sink } from './group-table.ts'
import { type RankPlace, rankPlaceOf, shapes } from './rank-texts.ts'

export interface DedupOptions {
  /** Maximum time between duplicates, in ms. @default 50 */
  windowMs?: number
  /** The name of each source: its rank. */
  names: readonly string[]
  /** Memory for blocks that wait for duplicates, in bytes. If it is full, the oldest block is written. @default 8388608 */
  maxBytes?: number
  /** True: text of several sources is prefixed with its ranks: `[0-7] `. They are always in `sources`. @default false */
  labelsText?: boolean
  /** False: do not use WebAssembly. @default true, if there is WebAssembly with SIMD */
  wasm?: boolean
}

/** Memory for the blocks that are matched together, in bytes. A block that fills it is passed on unchanged. */
const stageBytes = maxBlockBytes

/**
 * Returns a decorator that merges duplicates of several sources within the window. Records become one record with
 * `ranks`. Text, for example a stack trace, is written once. Blocks are duplicates if they have the same level, message
 * and fields; time, pid, hostname and rank may differ. If one source writes the same block twice, both are written. A
 * block of 1 MiB or more is passed on unchanged.
 *
 * Use it for live sources, or together with other decorators. For files without other decorators, `DedupPlan` does the
 * same with much less CPU time.
 */
export function dedup(options: DedupOptions): Decorator {
  return async function* (batches) {
    const stage = new Stage(options)
    for await (const blocks of batches) yield* stage.take(blocks)
    yield* stage.end()
  }
}

/** Copies blocks into a kernel's memory, and yields the groups that are closed as blocks. */
class Stage implements Sink {
  readonly isFull = false
  readonly #kernel: Kernel
  readonly #layout: GroupLayout & PlanPlaces & { bytes: number }
  readonly #bytes: Buffer
  readonly #numbers: Uint32Array
  readonly #table: GroupTable
  readonly #labelsText: boolean
  #output: Block[] = []
  #stagedCount = 0
  #stagedBytes = 0

  constructor({ names, windowMs = 50, maxBytes = 2 ** 23, labelsText = false, wasm }: DedupOptions) {
    this.#labelsText = labelsText
    const groups = groupLayoutOf(1024, names.length, maxBytes)
    const place = places(groups.end)
    const [from, to] = [place(4 * maxBlocks), place(4 * maxBlocks)]
    const [sources, planTimes] = [place(2 * maxBlocks), place(8 * maxBlocks)]
    const bytes = place(stageBytes + maxBlocks + 128)
    this.#layout = { ...groups, bytes, from, to, sources, planTimes }
    this.#kernel = kernelOf(place(64), wasm)
    const { buffer, byteOffset, byteLength } = this.#kernel.bytes
    this.#bytes = Buffer.from(buffer, byteOffset, byteLength)
    this.#numbers = new Uint32Array(buffer, byteOffset, byteLength >> 2)
    this.#table = new GroupTable(names, windowMs, this.#kernel, this.#layout, this)
  }

  emit({ from, to, rankStart, rankEnd, time, count, ranks, sources }: Group): void {
    const block = this.#bytes.subarray(from, to)
    const place = rankPlaceOf(block[0], rankStart, rankEnd)
    const isNamed = count > 1 && (place.shape !== 'label' || this.#labelsText)
    this.#output.push({ bytes: isNamed ? withRanks(block, ranks(), place) : block, time, sources: sources() })
  }

  *take(blocks: readonly Block[]): Generator<Block[]> {
    for (const block of blocks) {
      const { length } = block.bytes
      if (this.#stagedCount === maxBlocks || this.#stagedBytes + length > stageBytes) yield* this.#group()
      if (length >= stageBytes || block.isRest) {
        yield* this.end()
        yield [block]
        continue
      }
      this.#put(block, this.#layout.bytes + this.#stagedBytes)
      this.#stagedBytes += length + 1 // adjacent blocks would count as one
      this.#stagedCount++
    }
    yield* this.#group()
  }

  *end(): Generator<Block[]> {
    this.#table.close(Infinity)
    yield* this.#flush()
  }

  #put({ bytes, sources, time }: Block, place: number): void {
    const { from, to, sources: sourcesOf, planTimes } = this.#layout
    this.#bytes.set(bytes, place)
    this.#numbers[(from >> 2) + this.#stagedCount] = place
    this.#numbers[(to >> 2) + this.#stagedCount] = place + bytes.length
    this.#bytes.writeUInt16LE(sources[0] as number, sourcesOf + 2 * this.#stagedCount)
    this.#bytes.writeDoubleLE(time, planTimes + 8 * this.#stagedCount)
  }

  *#group(): Generator<Block[]> {
    const { records, from, to, sources, planTimes } = this.#layout
    this.#kernel.fingerprint(this.#stagedCount, from, to, sources, planTimes, records)
    this.#table.take(records, 0, this.#stagedCount)
    this.#stagedCount = 0
    this.#stagedBytes = 0
    this.#table.moveToArena()
    yield* this.#flush()
  }

  *#flush(): Generator<Block[]> {
    const output = this.#output
    this.#output = []
    if (output.length > 0) yield output
    this.#table.reclaim()
  }
}

/** Returns a copy of a block that names its ranks. */
function withRanks(block: Buffer, ranks: string, { shape, start, end }: RankPlace): Buffer {
  return Buffer.concat([block.subarray(0, start), Buffer.from(shapes[shape](ranks)), block.subarray(end)])
}
