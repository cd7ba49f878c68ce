import { writeSync } from 'node:fs'
import { systemClock } from './clock.ts'

/**
 * One write(2), which may be short; returns the bytes that it took. EINTR and EAGAIN (a pipe that somebody made
 * non-blocking) are waited out; every other error is thrown as Node gives it.
 */
export function writeOnce(fd: number, bytes: Uint8Array): number {
  for (;;) {
    try {
      return writeSync(fd, bytes)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code !== 'EAGAIN' && code !== 'EINTR') throw error
      systemClock.pause(1)
    }
  }
}
