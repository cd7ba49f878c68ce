import { write } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { wholePiece } from 'pino-rank-file/writer'
import type { Block } from 'pino-rank-merge'

/**
 * Writes chunks to a descriptor, one while the next is made.
 *
 * @param received told of each chunk; what it returns is told when the chunk is written. False: nobody reads any more
 * @returns when all is written
 */
export async function pour(
  chunks: AsyncIterable<Buffer>,
  write: (chunk: Buffer) => Promise<boolean>,
  received: () => (reads: boolean) => void,
): Promise<void> {
  let before: Promise<void> = Promise.resolve()
  let reads = true
  for await (const chunk of chunks) {
    const written = received()
    const last = before
    before = last.then(async () => {
      reads &&= await write(chunk)
      written(reads)
    })
    await last
  }
  await before
}

/** Blocks as chunks. */
export async function* joined(batches: AsyncIterable<Block[]>): AsyncGenerator<Buffer> {
  for await (const blocks of batches) yield Buffer.concat(blocks.map(({ bytes }) => bytes))
}

/** Lines for a pipe into which others write, too: in pieces that it keeps whole. */
export async function writePieces(fd: number, lines: Buffer): Promise<boolean> {
  for (let rest = lines; rest.length > 0; ) {
    const piece = wholePiece(rest)
    if (!(await writeAll(fd, piece))) return false
    rest = rest.subarray(piece.length)
  }
  return true
}

/** Without blocking this thread. False: nobody reads it any more. */
export async function writeAll(fd: number, bytes: Buffer): Promise<boolean> {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += await new Promise<number>((resolve, reject) =>
        write(fd, bytes, at, bytes.length - at, null, (error, count) => (error ? reject(error) : resolve(count))),
      )
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EPIPE') return false
      if (code !== 'EAGAIN') throw error
      await pause(1) // a pipe that does not block, and is full
    }
  }
  return true
}
