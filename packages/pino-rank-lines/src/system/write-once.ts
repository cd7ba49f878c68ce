import { writeSync } from 'node:fs'
import { systemClock } from './clock.ts'

/**
 * Calls `writeSync` once, and returns the number of bytes that it wrote, which may be too few. It is one write(2), unless that
 * was short: libuv then writes the rest at once, and returns a short count only if that fails. EINTR and EAGAIN (a non-blocking
 * pipe is full) are retried; every other error is thrown as Node throws it.
 *
 * @param position offset in the file. @default the position of the descriptor
 */
export function writeOnce(fd: number, bytes: Uint8Array, position: number | null = null): number {
  for (;;) {
    try {
      return writeSync(fd, bytes, 0, bytes.length, position)
    } catch (error) {
      waitToRetry(error)
    }
  }
}

/** Writes text as UTF-8 in the same way. For short text this is faster than making a buffer of it. */
export function writeTextOnce(fd: number, text: string): number {
  for (;;) {
    try {
      return writeSync(fd, text)
    } catch (error) {
      waitToRetry(error)
    }
  }
}

function waitToRetry(error: unknown): void {
  const { code } = error as NodeJS.ErrnoException
  if (code !== 'EAGAIN' && code !== 'EINTR') throw error
  systemClock.pause(1)
}
