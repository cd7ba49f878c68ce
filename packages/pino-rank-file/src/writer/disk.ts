import { closeSync, constants, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { writeOnce } from './write-once.ts'

/** How a file is opened. */
export interface FilePlace {
  path: string
  /** Make the missing folders above it. */
  mkdir: boolean
  /** Permission bits of a file that is created, before the umask. */
  mode: number
}

/** The three calls that appending takes; tests put faults between. Errors are thrown as the system gives them. */
export interface Disk {
  /** Opens for appending, creating the file where there is none; returns a descriptor. */
  open(place: FilePlace): number
  /** One write(2), which may be short. */
  write(fd: number, bytes: Uint8Array): number
  close(fd: number): void
}

const { O_APPEND, O_CREAT, O_WRONLY } = constants

export const systemDisk: Disk = {
  open({ path, mkdir, mode }) {
    if (mkdir) mkdirSync(dirname(path), { recursive: true })
    return openSync(path, O_WRONLY | O_APPEND | O_CREAT, mode)
  },
  write: writeOnce,
  close: closeSync,
}
