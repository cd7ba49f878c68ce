import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { median } from '../stats/index.ts'
import { fileSystemOf, freeBytes } from './file-system.ts'

/** How fast a disk is. */
export interface DiskRate {
  fileSystem: string
  /** Write rate when appending to a file, including one fsync at the end. */
  bytesPerSecond: number
  /** Median time of an fsync after 4 KiB, in ms. */
  fsyncMs: number
}

const appendBytes = 2 ** 26
const pieceBytes = 2 ** 20

/** On a slow disk, appending stops after this time, in ms. The fsync that follows has no limit. */
const maxAppendMs = 2000

const fsyncs = 20

/** Measures a disk: appends to a file in this folder, and removes the file. Blocks the thread until that is done. */
export function measureDisk(dir: string): DiskRate {
  const file = join(dir, 'disk-rate')
  const fd = openSync(file, 'wx')
  try {
    return { fileSystem: fileSystemOf(dir), bytesPerSecond: appendRate(fd, dir), fsyncMs: fsyncTime(fd) }
  } finally {
    closeSync(fd)
    rmSync(file, { force: true })
  }
}

function appendRate(fd: number, dir: string): number {
  const piece = Buffer.alloc(pieceBytes, 'x')
  const limit = Math.min(appendBytes, freeBytes(dir) / 2)
  const start = performance.now()
  let bytes = 0
  do bytes += writeSync(fd, piece)
  while (bytes + pieceBytes <= limit && performance.now() - start < maxAppendMs)
  fsyncSync(fd)
  return (bytes * 1000) / (performance.now() - start)
}

function fsyncTime(fd: number): number {
  const page = Buffer.alloc(4096, 'x')
  const times = Array.from({ length: fsyncs }, () => {
    writeSync(fd, page)
    const start = performance.now()
    fsyncSync(fd)
    return performance.now() - start
  })
  return median(times)
}
