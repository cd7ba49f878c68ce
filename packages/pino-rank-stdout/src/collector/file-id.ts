import { fstatSync } from 'node:fs'

/** Where a descriptor leads to, as device and inode: two that are the same are one file, pipe or terminal. */
export function fileIdOf(fd: number): string {
  try {
    const { dev, ino } = fstatSync(fd)
    return `${dev}:${ino}`
  } catch {
    return 'closed'
  }
}

/** Is it a pipe? One that is closed is none. */
export function isPipe(fd: number): boolean {
  try {
    return fstatSync(fd).isFIFO()
  } catch {
    return false
  }
}
