import { writeSync } from 'node:fs'
import { blocksOf, type Decorator, merge } from 'pino-rank-merge'
import type { InputFiles } from './input-file.ts'
import type { MergeFilesOptions, MergeFilesStats } from './merge-files.ts'

const chunk = 2 ** 16
const batch = 2 ** 18

/** Merges files that have ended, and writes what a decorator makes of their lines. */
export async function mergeDecorated(
  inputs: readonly InputFiles[],
  fd: number,
  decorate: Decorator,
  { timeKey, maxBytes, wasm, progress }: MergeFilesOptions,
): Promise<MergeFilesStats> {
  const merged = merge(inputs.map(chunksOf), {
    maxBytes,
    ...(timeKey !== undefined && { timeKey }),
    ...(wasm !== undefined && { wasm }),
  })
  const out = Buffer.allocUnsafe(batch)
  let used = 0
  let bytes = 0
  const flush = () => {
    writeAll(fd, out.subarray(0, used))
    used = 0
    progress?.(inputs.reduce((sum, input) => sum + input.bytes, 0))
  }
  for await (const blocks of decorate(blocksOf(merged.batches()))) {
    for (const block of blocks) {
      bytes += block.bytes.length
      if (used + block.bytes.length > batch) flush()
      if (block.bytes.length > batch) writeAll(fd, block.bytes)
      else used += block.bytes.copy(out, used)
    }
  }
  flush()
  const { lines, unfinished } = merged.stats()
  return { lines, bytes, unfinished }
}

async function* chunksOf(input: InputFiles): AsyncGenerator<Uint8Array> {
  for (;;) {
    const room = Buffer.allocUnsafe(chunk)
    const read = await input.read(room)
    if (read === 0) return
    yield room.subarray(0, read)
  }
}

function writeAll(fd: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length; ) {
    try {
      done += writeSync(fd, bytes, done)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1) // a pipe that is full
    }
  }
}
