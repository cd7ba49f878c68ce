import { wholePiece } from 'pino-rank-lines'
import { writeAllAsync } from 'pino-rank-lines/system'
import type { Block } from 'pino-rank-merge'

/**
 * Writes chunks to a descriptor, one while the next is made.
 *
 * @param onChunk called for each new chunk. The function that it returns is called when the chunk is written, with false if
 *   nobody reads any more
 * @returns when all is written
 */
export async function writeChunks(
  chunks: AsyncIterable<Buffer>,
  write: (chunk: Buffer) => Promise<boolean>,
  onChunk: () => (hasReader: boolean) => void,
): Promise<void> {
  let pending: Promise<void> = Promise.resolve()
  let hasReader = true
  for await (const chunk of chunks) {
    const written = onChunk()
    const last = pending
    pending = last.then(async () => {
      hasReader &&= await write(chunk)
      written(hasReader)
    })
    await last
  }
  await pending
}

/** Returns blocks as chunks. */
export async function* concatBlocks(batches: AsyncIterable<Block[]>): AsyncGenerator<Buffer> {
  for await (const blocks of batches) yield Buffer.concat(blocks.map(({ bytes }) => bytes))
}

/** Writes lines to a pipe into which others write too, in pieces that the pipe keeps whole. */
export async function writePieces(fd: number, lines: Buffer): Promise<boolean> {
  for (let rest = lines; rest.length > 0; ) {
    const piece = wholePiece(rest)
    if (!(await tryWriteAll(fd, piece))) return false
    rest = rest.subarray(piece.length)
  }
  return true
}

/** Writes all without blocking this thread. Resolves to false if nobody reads it any more. */
export async function tryWriteAll(fd: number, bytes: Buffer): Promise<boolean> {
  try {
    await writeAllAsync(fd, bytes)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error
    return false
  }
}
