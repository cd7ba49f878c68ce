import type { Batch } from '../order/index.ts'

/** A line of one source with what belongs to it: the lines behind it that are no JSON, as a stack trace has them. */
export interface Block {
  /** With its newlines. Valid until the next blocks are asked for. */
  bytes: Buffer
  /** Of the first line, in ms since 1970. */
  time: number
  /** The sources of this block, in order: one, or several if it is a group of duplicates. */
  sources: readonly number[]
  /** The rest of a line or a block of which more than 1 MiB went before. */
  isRest?: boolean
}

/** Turns blocks into others; each alone, or one behind another. */
export type Decorator = (blocks: AsyncIterable<Block[]>) => AsyncIterable<Block[]>

const newline = 10
const brace = 123
const maxBlockBytes = 2 ** 20

/** Lines as blocks. Only one that may still go on is copied, and held. */
export async function* blocksOf(batches: AsyncIterable<Batch>): AsyncGenerator<Block[]> {
  let held: Block | undefined
  for await (const { bytes, count, from, to, sources, times } of batches) {
    const found: Block[] = []
    if (count === 0 && held) {
      found.push(held) // what belonged to it came within the window
      held = undefined
    }
    for (let index = 0; index < count; ) {
      const [start, source, time] = [from[index] as number, sources[index] as number, times[index] as number]
      let end = to[index++] as number
      // a line lies behind another in the memory only if it is of the same source
      while (index < count && from[index] === end && bytes[end] !== brace) end = to[index++] as number
      const part = bytes.subarray(start, end)
      const isContinuation = held?.sources[0] === source && (part[0] !== brace || held.bytes.at(-1) !== newline)
      if (held && isContinuation && held.bytes.length < maxBlockBytes) held.bytes = Buffer.concat([held.bytes, part])
      else {
        if (held) found.push(held)
        held = { bytes: part, time, sources: [source], ...(isContinuation && { isRest: true }) }
      }
    }
    if (held) held = { ...held, bytes: Buffer.from(held.bytes) } // the batch's memory is used again
    if (found.length > 0) yield found
  }
  if (held) yield [held]
}
