import { closeSync, constants, fchownSync, fstatSync, openSync, readSync } from 'node:fs'

const newline = 10

const maxChecks = 8

const { O_NONBLOCK = 0, O_RDONLY } = constants

/**
 * Reports whether a regular file ends within a line, for example because a writer was killed. Returns false if this user may not
 * read the file, or if other processes keep writing to it.
 */
export function hasTornEnd(fd: number, { size: found }: { size: number }, path: string): boolean {
  let size = found
  const reader = size > 0 ? readerOf(fd, path) : undefined
  if (reader === undefined) return false
  try {
    for (let check = 0; check < maxChecks; check++) {
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

/**
 * Opens a file for reading, because the writer's own descriptor is write-only. Through /proc it is the same file, even if it was
 * renamed.
 */
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
 * Waits for a write(2) of another process, because an unfinished write looks like a torn end. The system makes fchown(2) wait for
 * it, as it makes the next append wait. This call changes no owner. If the file has not grown afterwards, its end is torn.
 */
function waitForWrite(fd: number): void {
  try {
    fchownSync(fd, -1, -1)
  } catch {
    // a file system without owners: check again at once
  }
}

function byteAt(fd: number, place: number): number | undefined {
  const byte = Buffer.alloc(1)
  return readSync(fd, byte, 0, 1, place) === 1 ? byte[0] : undefined
}
