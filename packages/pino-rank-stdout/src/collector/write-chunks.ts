import { wholePiece } from 'pino-rank-lines'
import { writeAllAsync } from 'pino-rank-lines/system'
import type { Block } from 'pino-rank-merge'

/**
 * Writes chunks to a descriptor. While one is written, the next is produced.
 *
 * @param onChunk called for each new chunk. The function that it returns is called after the write, with false if the
 *   reader has closed the pipe
 * @returns when all chunks are written
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

/** Yields a chunk for each batch of blocks. */
export async function* concatBlocks(batches: AsyncIterable<Block[]>): AsyncGenerator<Buffer> {
  for await (const blocks of batches) yield Buffer.concat(blocks.map(({ bytes }) => bytes))
}

/** Writes lines to a pipe that other processes write to as well, in pieces that the pipe keeps whole. */
export async function writePieces(fd: number, lines: Buffer): Promise<boolean> {
  for (let rest = lines; rest.length > 0; ) {
    const piece = wholePiece(rest)
    if (!(await tryWriteAll(fd, piece))) return false
    rest = rest.subarray(piece.length)
  }
  return true
}

/** Writes all bytes without blocking this thread. Resolves to false if the reader has closed the pipe. */
export async function tryWriteAll(fd: number, bytes: Buffer): Promise<boolean> {
  try {
    await writeAllAsync(fd, bytes)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error
    return false
  }
}
