import type { Batch } from '../order/index.ts'

/** A line of one source and the lines after it that are not JSON, for example a record and its stack trace. */
export interface Block {
  /** The bytes with their newlines. Valid until the next blocks are requested. */
  bytes: Buffer
  /** Time of the first line, in ms since 1970. */
  time: number
  /** The sources of this block, in order: one, or several if it is a group of duplicates. */
  sources: readonly number[]
  /**
   * True for the rest of a line or block whose first part was already emitted: it was longer than {@link
   * maxBlockBytes}, or incomplete.
   */
  isRest?: boolean
}

/** Turns blocks into other blocks. Decorators can be chained. */
export type Decorator = (blocks: AsyncIterable<Block[]>) => AsyncIterable<Block[]>

const newline = 10
const brace = 123
/** Maximum length of a block, in bytes. The rest of a longer one follows in blocks with `isRest`. */
export const maxBlockBytes: number = 2 ** 20

/** Turns lines into blocks. Only the last block of a batch is copied and held back, because more of its lines may follow. */
export async function* blocksOf(batches: AsyncIterable<Batch>): AsyncGenerator<Block[]> {
  let held: Block | undefined
  let isWithinLine = false
  const take = (block: Block): Block => {
    isWithinLine = block.bytes.at(-1) !== newline
    return block
  }
  for await (const { bytes, count, from, to, sources, times } of batches) {
    const found: Block[] = []
    if (count === 0 && held) {
      found.push(take(held)) // no source has more lines, so the block is complete
      held = undefined
    }
    for (let index = 0; index < count; ) {
      const [start, source, time] = [from[index] as number, sources[index] as number, times[index] as number]
      let end = to[index++] as number
      // adjacent lines in the memory always have the same source
      while (index < count && from[index] === end && bytes[end] !== brace) end = to[index++] as number
      const part = bytes.subarray(start, end)
      const isContinuation = held
        ? held.sources[0] === source && (part[0] !== brace || held.bytes.at(-1) !== newline)
        : isWithinLine
      if (held && isContinuation && held.bytes.length < maxBlockBytes) held.bytes = Buffer.concat([held.bytes, part])
      else {
        if (held) found.push(take(held))
        held = { bytes: part, time, sources: [source], ...(isContinuation && { isRest: true }) }
      }
    }
    if (held) held = { ...held, bytes: Buffer.from(held.bytes) } // the memory of the batch is reused
    if (found.length > 0) yield found
  }
  if (held) yield [held]
}
