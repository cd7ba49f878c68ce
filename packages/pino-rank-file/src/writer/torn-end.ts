import { closeSync, constants, fchownSync, fstatSync, openSync, readSync } from 'node:fs'

const newline = 10

const maxLooks = 8

const { O_NONBLOCK = 0, O_RDONLY } = constants

/**
 * Reports whether the regular file behind a descriptor ends within a line, as a killed writer leaves it. False where this user
 * may not read the file, or others write to it all the time.
 */
export function hasTornEnd(fd: number, { size: found }: { size: number }, path: string): boolean {
  let size = found
  const reader = size > 0 ? readerOf(fd, path) : undefined
  if (reader === undefined) return false
  try {
    for (let look = 0; look < maxLooks; look++) {
      if (byteAt(reader, size - 1) === newline) return false
      waitForWrite(fd)
      const grown = fstatSync(fd).size
      if (grown === size) return true
      size = grown
    }
    return false
  } catch {
    return false
  } finally {
    closeSync(reader)
  }
}

/** A descriptor to read the file with, as a writer's own cannot be read from. Through /proc it is the same file, whatever its name is. */
function readerOf(fd: number, path: string): number | undefined {
  for (const name of [`/proc/self/fd/${fd}`, path]) {
    try {
      return openSync(name, O_RDONLY | O_NONBLOCK)
    } catch {
      // there is no /proc, or the file may not be read
    }
  }
  return undefined
}

/**
 * A write(2) of another process that is under way looks like a torn end. The system lets an fchown(2) wait for it, as it does
 * with the next append, and this one changes no owner: a file that is no longer afterwards ends where it ended.
 */
function waitForWrite(fd: number): void {
  try {
    fchownSync(fd, -1, -1)
  } catch {
    // a file system without owners: the next look follows at once
  }
}

function byteAt(fd: number, place: number): number | undefined {
  const byte = Buffer.alloc(1)
  return readSync(fd, byte, 0, 1, place) === 1 ? byte[0] : undefined
}
