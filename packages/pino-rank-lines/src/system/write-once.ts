import { writeSync } from 'node:fs'
import { systemClock } from './clock.ts'

/**
 * One call of `writeSync`, which may be short; returns the bytes that it took. It is one write(2), unless that was short: libuv
 * then writes the rest at once, and returns a short count only if that fails. EINTR and EAGAIN (a pipe that somebody made
 * non-blocking) are waited out; every other error is thrown as Node gives it.
 *
 * @param position offset in the file. @default the file's own position
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

/** Does the same with text, as UTF-8: for a short text that is faster than making a buffer of it. */
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
