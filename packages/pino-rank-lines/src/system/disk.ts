import type { Stats } from 'node:fs'
import { closeSync, constants, fdatasync, fdatasyncSync, fstatSync, fsyncSync, openSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { endFragment } from './end-fragment.ts'
import type { FileId } from './file-id.ts'
import { freeBytes } from './file-system.ts'
import { folderMode } from './folder-mode.ts'
import { makeFolder } from './make-folder.ts'
import { endSplitWrite, type SplitWrite } from './split-write.ts'
import { hasTornEnd } from './torn-end.ts'
import { useInside } from './use-inside.ts'
import { writeOnce, writeTextOnce } from './write-once.ts'

/** How a file is opened. */
export interface FilePlace {
  path: string
  /** True makes the missing folders above it. */
  mkdir: boolean
  /** Permission bits of a new file, before the umask. Those of new folders follow from them. */
  mode: number
  /** No symbolic link may lead out of this folder, and the file may not be one. Undefined: links are followed. */
  within?: string | undefined
}

/** A file's identity and state. */
export interface FileState extends FileId {
  size: number
  /** True for a regular file. Pipes and devices are never renamed or truncated. */
  regular: boolean
  /** Number of names (hard links). 0 if the file was removed. @default unknown */
  nlink?: number
}

/** The system calls that appending needs. Tests inject faults here. Errors are thrown as the system gives them. */
export interface Disk {
  /** Opens a file for appending, and creates it if it is missing. Returns its descriptor. */
  open(place: FilePlace): number
  /** Returns the state of an open file. */
  stateOf(fd: number): FileState
  /** Returns the state of the file that has this name now, or undefined if there is none. */
  stateAt(path: string): FileState | undefined
  /** Reports whether a regular file ends within a line. */
  isTorn(fd: number, file: FileState, path: string): boolean
  /** Writes, and returns the number of bytes that the file took. If the disk is full, data of another process may be between them. */
  write(fd: number, bytes: Uint8Array | string): number
  /**
   * Ends in place the fragment that was the last write of `fd`, as {@link endFragment} does. Returns false if it could not be
   * ended.
   * @default fragments are not ended
   */
  endFragment?(fd: number, fragment: Uint8Array): boolean
  /** Finds the parts of a write that was split, and ends its fragments, as {@link endSplitWrite} does. @default no write is split */
  endSplitWrite?(fd: number, written: Uint8Array): SplitWrite | undefined
  /** Free space of the local file system at `path`, in bytes. @default unknown, as on network file systems */
  freeBytes?(path: string): number | undefined
  /** Calls fdatasync(2) on this thread. With `soon` it runs on another thread, and `soon` gets the error. */
  sync(fd: number, soon?: (error: NodeJS.ErrnoException | null) => void): void
  /** Syncs the folder of a new file, so that the file's name survives a power loss. */
  syncFolder(path: string): void
  close(fd: number): void
}

const { O_APPEND, O_CREAT, O_NOFOLLOW = 0, O_NONBLOCK = 0, O_WRONLY } = constants

export const systemDisk: Disk = {
  open({ path, mkdir, mode, within }) {
    // Without O_NONBLOCK, open(2) blocks for ever on a FIFO without a reader.
    const flags = O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK
    const folders = mkdir ? folderMode(mode) : undefined
    if (within) return useInside({ path, within, folders }, (safe) => openSync(safe, flags | O_NOFOLLOW, mode))
    if (folders !== undefined) makeFolder(dirname(path), folders)
    return openSync(path, flags, mode)
  },
  stateOf: (fd) => state(fstatSync(fd)),
  stateAt(path) {
    const found = statSync(path, { throwIfNoEntry: false })
    return found && state(found)
  },
  isTorn: hasTornEnd,
  write: (fd, bytes) => (typeof bytes === 'string' ? writeTextOnce(fd, bytes) : writeOnce(fd, bytes)),
  endFragment,
  endSplitWrite,
  freeBytes,
  sync: (fd, soon) => (soon ? fdatasync(fd, soon) : fdatasyncSync(fd)),
  syncFolder(path) {
    const fd = openSync(dirname(path), constants.O_RDONLY)
    try {
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
  },
  close: closeSync,
}

function state(stats: Stats): FileState {
  return { dev: stats.dev, ino: stats.ino, size: stats.size, regular: stats.isFile(), nlink: stats.nlink }
}

/** Moves a full file to another name, so that the next line begins a new file. */
export interface Rotation {
  /**
   * Called before each batch. `file` is open and has the name. Returns true if this process or another one has moved the file, so
   * that the name must be opened again.
   */
  rotate(file: FileState): boolean
  /** Requests a rotation of this file at the next call of `rotate`, if it still has the name then. */
  request?(file: FileState): void
  /** Called when a writer thread takes over, which then also rotates the file. */
  release?(): void
  /** Called when no more lines follow. Scheduled tasks are done now, or at the next start. Never throws. */
  end?(): void
}
