import type { Block, Decorator } from '../decorate/index.ts'
import { shapes } from '../decorate/index.ts'
import type { Kernel } from '../kernel/index.ts'
import { kernelOf, places } from '../kernel/index.ts'
import type { PlanPlaces } from '../order/index.ts'
import { type GroupLayout, groupLayoutOf } from './group-layout.ts'
import { type Group, GroupTable, type Sink } from './group-table.ts'

export interface DedupOptions {
  /** How far apart duplicates may be, in ms. @default 50 */
  windowMs?: number
  /** What each source is called: its rank. */
  names: readonly string[]
  /** Memory for blocks that wait for duplicates, in bytes: beyond it the oldest waits no longer. @default 8388608 */
  maxBytes?: number
  /** Puts `[0-7] ` before text of several sources; its ranks are in `sources` anyway. @default false */
  labelsText?: boolean
  /** @default true, where there is WebAssembly with SIMD */
  wasm?: boolean
}

const stageBytes = 2 ** 20
const maxBlocks = 4096
const brace = 123

/**
 * The same record of several sources within the window becomes one, with `ranks`; the same text, e.g. a stack trace, stands once.
 * Two are the same if they have the same level, message and fields, but for time, pid, hostname and rank: numbers that differ
 * are never dropped. What one source says twice are two. A block of 1 MiB or more is left as it is.
 */
export function dedup(options: DedupOptions): Decorator {
  return async function* (batches) {
    const stage = new Stage(options)
    for await (const blocks of batches) yield* stage.take(blocks)
    yield* stage.end()
  }
}

/** Copies blocks into the memory of a kernel, and groups out of it. */
class Stage implements Sink {
  readonly isFull = false
  readonly #kernel: Kernel
  readonly #layout: GroupLayout & PlanPlaces & { bytes: number }
  readonly #bytes: Buffer
  readonly #numbers: Uint32Array
  readonly #table: GroupTable
  readonly #labelsText: boolean
  #output: Block[] = []
  #staged = 0
  #used = 0

  constructor({ names, windowMs = 50, maxBytes = 2 ** 23, labelsText = false, wasm }: DedupOptions) {
    this.#labelsText = labelsText
    const groups = groupLayoutOf(1024, maxBlocks, names.length, maxBytes)
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
    let bytes = this.#bytes.subarray(from, to)
    if (count > 1 && bytes[0] === brace) bytes = withRanks(bytes, ranks(), rankStart, rankEnd)
    else if (count > 1 && this.#labelsText) bytes = Buffer.concat([Buffer.from(shapes.label(ranks())), bytes])
    this.#output.push({ bytes, time, sources: sources() })
  }

  *take(blocks: readonly Block[]): Generator<Block[]> {
    for (const block of blocks) {
      const { length } = block.bytes
      if (this.#staged === maxBlocks || this.#used + length > stageBytes) yield* this.#group()
      if (length >= stageBytes || block.isRest) {
        yield* this.end()
        yield [block]
        continue
      }
      this.#put(block, this.#layout.bytes + this.#used)
      this.#used += length + 1 // neighbours would be one block
      this.#staged++
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
    this.#numbers[(from >> 2) + this.#staged] = place
    this.#numbers[(to >> 2) + this.#staged] = place + bytes.length
    this.#bytes.writeUInt16LE(sources[0] as number, sourcesOf + 2 * this.#staged)
    this.#bytes.writeDoubleLE(time, planTimes + 8 * this.#staged)
  }

  *#group(): Generator<Block[]> {
    const { records, from, to, sources, planTimes } = this.#layout
    this.#kernel.fingerprint(this.#staged, from, to, sources, planTimes, records)
    this.#table.take(records, 0, this.#staged)
    this.#staged = 0
    this.#used = 0
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

/** `"ranks":"0-7"` in the place of `"rank":0`. */
function withRanks(bytes: Buffer, ranks: string, start: number, end: number): Buffer {
  const text = Buffer.from(shapes[end > 0 ? 'field' : 'first field'](ranks))
  const [before, after] = end > 0 ? [start, end] : [1, 1]
  return Buffer.concat([bytes.subarray(0, before), text, bytes.subarray(after)])
}
