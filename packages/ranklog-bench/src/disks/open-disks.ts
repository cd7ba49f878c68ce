import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { freemem } from 'node:os'
import { join } from 'node:path'
import type { Disk } from '../results/index.ts'
import { fileSystemOf, freeBytes } from './file-system.ts'
import { measureDisk } from './measure-disk.ts'
import { type RunFolder, sharedMemory } from './run-folder.ts'
import { attachSlowDisk } from './slow-disk.ts'
import { mountTmpfs } from './tmpfs.ts'

/** The disks of a run. */
export interface OpenDisks {
  /** All disks that the options name. If this machine or user cannot have one, its `note` has the reason. */
  disks: Disk[]
  /** The folder of each disk that could be opened. */
  folders: Map<Disk['name'], string>
  close(): void
}

export interface DiskOptions {
  names: readonly Disk['name'][]
  throttleBytesPerSecond: number
  /** Size of the throttled disk. */
  throttledBytes: number
}

type Opened = { disk: Disk; folder: string; close: () => void } | { disk: Disk }

/** Bytes that the page cache takes for the throttled disk before a write waits. */
const dirtyBytes = 2 ** 24

/** Opens and measures the disks of a run. */
export function openDisks(run: RunFolder, options: DiskOptions): OpenDisks {
  const folders = new Map<Disk['name'], string>()
  const closers: (() => void)[] = []
  const close = () => {
    for (const step of closers.splice(0).reverse()) step()
  }
  try {
    const disks = options.names.map((name) => {
      const opened = openers[name](run, options)
      if (!('folder' in opened)) return opened.disk
      closers.push(opened.close)
      folders.set(name, opened.folder)
      return { ...opened.disk, ...measureDisk(opened.folder) }
    })
    return { disks, folders, close }
  } catch (error) {
    close()
    throw error
  }
}

const openers: Record<Disk['name'], (run: RunFolder, options: DiskOptions) => Opened> = {
  given: (run) => folderOf(run, 'given'),
  fsync: (run) => folderOf(run, 'fsync', 'the given folder, where each line is followed by an fsync'),
  tmpfs: openTmpfs,
  throttled: openThrottled,
}

function folderOf(run: RunFolder, name: Disk['name'], note?: string): Opened {
  const folder = join(run.dir, name)
  mkdirSync(folder)
  const disk = { name, fileSystem: fileSystemOf(folder), ...(note !== undefined && { note }) }
  return { disk, folder, close: () => rmSync(folder, { recursive: true, force: true }) }
}

/** Opens the tmpfs disk: a new tmpfs for root, otherwise a folder in the tmpfs that all users may write to. */
function openTmpfs(run: RunFolder): Opened {
  const disk: Disk = { name: 'tmpfs', fileSystem: 'tmpfs' }
  const folder = join(run.dir, 'tmpfs')
  const unmount = mountTmpfs(folder, Math.floor(freemem() / 3))
  if (unmount) return { disk, folder, close: unmount }
  if (!sharedMemory()) return { disk: { ...disk, note: 'not measured: needs root to mount one, or /dev/shm' } }
  const shared = mkdtempSync(join(run.scratch, 'tmpfs-'))
  return { disk, folder: shared, close: () => rmSync(shared, { recursive: true, force: true }) }
}

function openThrottled(run: RunFolder, { throttleBytesPerSecond, throttledBytes }: DiskOptions): Opened {
  const disk: Disk = { name: 'throttled', fileSystem: 'ext4' }
  const bytes = Math.min(throttledBytes, Math.floor(freeBytes(run.dir) / 2))
  const slow = attachSlowDisk(run.dir, { bytes, bytesPerSecond: throttleBytesPerSecond, dirtyBytes })
  if (typeof slow === 'string') return { disk: { ...disk, note: `not measured: it ${slow}` } }
  const note = slow.isBounded
    ? `a loop device with ${dirtyBytes / 2 ** 20} MiB of dirty pages`
    : 'dirty pages are not bounded (Linux before 6.2): for minutes the page cache hides the disk'
  return { disk: { ...disk, note }, folder: slow.dir, close: slow.detach }
}
