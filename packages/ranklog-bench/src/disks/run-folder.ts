import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { thisProcess } from 'pino-rank/process'

/** Where a run keeps all that it makes. */
export interface RunFolder {
  /** On the disk under test: the log files, the images and mount points of other disks. */
  dir: string
  /** In memory where the system has such a folder, for what must not wait for a disk: pipes and sockets. */
  scratch: string
  remove(): void
}

/** A folder of a run, of the process with this number. */
export const folderName: RegExp = /^ranklog-bench-(\d+)-\w+$/

/** The file in a run's folder that identifies its process, so that a later run can tell whether that is gone. */
export const ownerFile = 'owner.json'

/** Makes the folders of a run of this process. They are removed by `remove`, or when the process exits. */
export function makeRunFolder(dir: string): RunFolder {
  const made: string[] = []
  const remove = () => {
    process.off('exit', remove)
    for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true })
  }
  process.on('exit', remove)
  const make = (parent: string) => {
    const folder = mkdtempSync(join(parent, `ranklog-bench-${process.pid}-`))
    made.push(folder)
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
 * Returns the folder that the scratch folder of a run is made in. A pipe on a disk would not do: each write sets the time of its
 * inode, and so waits while the file system commits the inodes of a slow disk.
 */
export function scratchParent(): string {
  return sharedMemory() ?? tmpdir()
}

/** Returns the folder in memory that every user may write to; undefined where the system has none. */
export function sharedMemory(): string | undefined {
  try {
    return statfsSync(memoryFolder).type === tmpfs ? memoryFolder : undefined
  } catch {
    return undefined
  }
}
