import { fstatSync } from 'node:fs'

/**
 * Returns device and inode of an open descriptor. Two descriptors with the same id belong to the same file, pipe or
 * terminal.
 */
export function fileIdOf(fd: number): string {
  try {
    const { dev, ino } = fstatSync(fd)
    return `${dev}:${ino}`
  } catch {
    return 'closed'
  }
}

/** Reports whether a descriptor is a pipe. False if it is closed. */
export function isPipe(fd: number): boolean {
  try {
    return fstatSync(fd).isFIFO()
  } catch {
    return false
  }
}
