import { fstatSync } from 'node:fs'

/** Where a descriptor leads to, as device and inode: two that are the same are one file, pipe or terminal. */
export function outOf(fd: number): string {
  try {
    const { dev, ino } = fstatSync(fd)
    return `${dev}:${ino}`
  } catch {
    return 'closed'
  }
}
