import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { thisProcess } from 'pino-rank/process'

/** The folders that hold everything that a run creates. */
export interface RunFolder {
  /** On the disk under test: the log files, the images and mount points of other disks. */
  dir: string
  /** In memory if the system has such a folder. For pipes and sockets, which must not wait for a disk. */
  scratch: string
  remove(): void
}

/** Matches the name of a run's folder. The group is the PID of the run. */
export const folderName: RegExp = /^ranklog-bench-(\d+)-\w+$/

/** The file in a run's folder that identifies its process. A later run uses it to find out whether the process has ended. */
export const ownerFile = 'owner.json'

/** Makes the folders of a run of this process. They are removed by `remove`, or when the process exits. */
export function makeRunFolder(dir: string): RunFolder {
  const folders: string[] = []
  const remove = () => {
    process.off('exit', remove)
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
  }
  process.on('exit', remove)
  const make = (parent: string) => {
    const folder = mkdtempSync(join(parent, `ranklog-bench-${process.pid}-`))
    folders.push(folder)
    writeFileSync(join(folder, ownerFile), JSON.stringify(thisProcess()))
    return folder
  }
  try {
    return { dir: make(dir), scratch: make(scratchParent()), remove }
  } catch (error) {
    remove()
    throw error
  }
}

const memoryFolder = '/dev/shm'
const tmpfs = 0x01021994

/**
 * Returns the folder in which a run's scratch folder is made. It must not be on a disk: each write to a named pipe updates
 * the pipe's inode, and waits while the file system commits inodes to a slow disk.
 */
export function scratchParent(): string {
  return sharedMemory() ?? tmpdir()
}

/** Returns the folder in memory that all users may write to, or undefined if the system has none. */
export function sharedMemory(): string | undefined {
  try {
    return statfsSync(memoryFolder).type === tmpfs ? memoryFolder : undefined
  } catch {
    return undefined
  }
}
