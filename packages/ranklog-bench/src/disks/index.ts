/**
 * Disks: the folder of a run on the disk under test, a tmpfs, a throttled disk, how fast they are, and what a killed run left.
 */
export { fileSystemOf, freeBytes } from './file-system.ts'
export { removeLeftovers } from './leftovers.ts'
export { type DiskRate, measureDisk } from './measure-disk.ts'
export { type DiskOptions, type OpenDisks, openDisks } from './open-disks.ts'
export { makeRunFolder, type RunFolder } from './run-folder.ts'
