import { setImmediate as turned } from 'node:timers/promises'
import { type AsyncWrite, writeAllAsync } from 'pino-rank-lines/system'
import { blocksOf, type Decorator, merge } from 'pino-rank-merge'
import type { InputFiles, MergeFilesOptions, MergeFilesStats } from '../files/index.ts'

const chunk = 2 ** 16
const batch = 2 ** 20
const readsPerTurn = 128

/** Merges files that are complete, passes the lines through a decorator and writes the result. */
export async function mergeDecorated(
  inputs: readonly InputFiles[],
  fd: number,
  decorate: Decorator,
  { timeKey, maxBytes, wasm, progress, disk }: MergeFilesOptions,
): Promise<MergeFilesStats> {
  const merged = merge(inputs.map(chunksOf), {
    maxBytes,
    ...(timeKey !== undefined && { timeKey }),
    ...(wasm !== undefined && { wasm }),
  })
  const out = Buffer.allocUnsafe(batch)
  const write: AsyncWrite | undefined = disk && ((to, some) => disk.write(to, some))
  let used = 0
  let bytes = 0
  const flush = async () => {
    await writeAllAsync(fd, out.subarray(0, used), write)
    used = 0
    progress?.(inputs.reduce((sum, input) => sum + input.bytes, 0))
  }
  for await (const blocks of decorate(blocksOf(merged.batches()))) {
    for (const block of blocks) {
      bytes += block.bytes.length
      if (used + block.bytes.length > batch) await flush()
      if (block.bytes.length > batch) await writeAllAsync(fd, block.bytes, write)
      else used += block.bytes.copy(out, used)
    }
  }
  await flush()
  const times = inputs.map((_, input) => ({ untimed: merged.untimed(input), hasTime: merged.hasTime(input) }))
  return { lines: merged.stats().lines, bytes, times }
}

/**
 * Yields the chunks of a source. Lets the event loop turn from time to time, so that signals are handled even if little is
 * written.
 */
async function* chunksOf(input: InputFiles): AsyncGenerator<Uint8Array> {
  for (let count = 1; ; count++) {
    if (count % readsPerTurn === 0) await turned()
    const room = Buffer.allocUnsafe(chunk)
    const read = await input.read(room)
    if (read === 0) return
    yield room.subarray(0, read)
  }
}
