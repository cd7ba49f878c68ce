import { write } from 'node:fs'
import { writeOnce } from './write-once.ts'

export interface WriteAllOptions {
  /** Offset in the file. @default the position of the descriptor, or the end of the file with O_APPEND */
  position?: number
  /** Called after each write(2) with the number of bytes that it wrote, even if a later one fails. */
  onWritten?: (count: number) => void
  /** Tests inject faults here. */
  write?: typeof writeOnce
}

/**
 * Writes all bytes on this thread. Continues after a short write, and waits while a non-blocking pipe is full.
 *
 * @throws the system's error. The bytes that were reported to `onWritten` are then in the file
 */
export function writeAll(
  fd: number,
  bytes: Uint8Array,
  { position, onWritten, write = writeOnce }: WriteAllOptions = {},
): void {
  for (let done = 0; done < bytes.length; ) {
    const count = write(fd, bytes.subarray(done), position === undefined ? null : position + done)
    done += count
    onWritten?.(count)
  }
}

/** One write(2), which may be short. Rejects with the system's error. */
export type AsyncWrite = (fd: number, bytes: Uint8Array) => Promise<number>

/**
 * Writes all bytes without blocking this thread. Continues after a short write, and waits while a non-blocking pipe is full.
 *
 * @param writeSome tests inject faults here
 */
export async function writeAllAsync(
  fd: number,
  bytes: Uint8Array,
  writeSome: AsyncWrite = writeOnceAsync,
): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    try {
      done += await writeSome(fd, done === 0 ? bytes : bytes.subarray(done))
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code !== 'EAGAIN' && code !== 'EINTR') throw error
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
  }
}

function writeOnceAsync(fd: number, bytes: Uint8Array): Promise<number> {
  return new Promise((resolve, reject) =>
    write(fd, bytes, 0, bytes.length, null, (error, count) => (error ? reject(error) : resolve(count))),
  )
}
