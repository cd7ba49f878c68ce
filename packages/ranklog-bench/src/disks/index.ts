/**
 * Disks: opens the disks that a run measures (the given folder, a tmpfs, a throttled disk), measures how fast they are, and
 * removes what killed runs left behind.
 */
export { fileSystemOf, freeBytes } from './file-system.ts'
export { removeLeftovers } from './leftovers.ts'
export { type DiskRate, measureDisk } from './measure-disk.ts'
export { type DiskOptions, type OpenDisks, openDisks } from './open-disks.ts'
export { makeRunFolder, type RunFolder } from './run-folder.ts'
