import type { Batch } from './merge.ts'

/** A line of one source with what belongs to it: the lines behind it that are no JSON, as a stack trace has them. */
export interface Block {
  /** With its newlines. Valid until the next blocks are asked for. */
  bytes: Buffer
  /** Of the first line, in ms since 1970. */
  time: number
  /** Which sources say this, in order: one, or several where it was said together. */
  sources: readonly number[]
}

/** Turns blocks into others; each alone, or one behind another. */
export type Decorator = (blocks: AsyncIterable<Block[]>) => AsyncIterable<Block[]>

const brace = 123
const most = 2 ** 20

/** Lines as blocks. Only one that may still go on is copied, and held. */
export async function* blocksOf(batches: AsyncIterable<Batch>): AsyncGenerator<Block[]> {
  let held: Block | undefined
  for await (const { bytes, count, from, to, sources, times } of batches) {
    const found: Block[] = []
    if (count === 0 && held) {
      found.push(held) // what belonged to it came within the window
      held = undefined
    }
    for (let index = 0; index < count; index++) {
      const start = from[index] as number
      const source = sources[index] as number
      const line = bytes.subarray(start, to[index])
      const goesOn = held && held.sources[0] === source && line[0] !== brace && held.bytes.length < most
      if (held && goesOn) {
        held.bytes = follows(held.bytes, line) ? grown(held.bytes, line) : Buffer.concat([held.bytes, line])
        continue
      }
      if (held) found.push(held)
      held = { bytes: line, time: times[index] as number, sources: [source] }
    }
    if (held) held = { ...held, bytes: Buffer.from(held.bytes) } // the batch's memory is used again
    if (found.length > 0) yield found
  }
  if (held) yield [held]
}

/** Does a part of memory begin where another ends? */
function follows(first: Buffer, second: Buffer): boolean {
  return first.buffer === second.buffer && first.byteOffset + first.length === second.byteOffset
}

function grown(first: Buffer, second: Buffer): Buffer {
  return Buffer.from(first.buffer, first.byteOffset, first.length + second.length)
}
