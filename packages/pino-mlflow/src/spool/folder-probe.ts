import { randomBytes } from 'node:crypto'
import { closeSync, fstatSync, lstatSync, openSync, readdirSync, rmSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'

const prefix = '.mlflow-clock-'

/** Attributes that a file system gives to a file which this process has just created in a folder. */
export interface Probe {
  /**
   * The folder's clock, in ms since 1970. It is comparable with an mtime there; on a network file system this host's clock is
   * not.
   */
  now: number
  /** The owner that files of this process have there. */
  uid: number
}

/** Creates a file in a folder, reads its attributes and removes it. @throws the system's error */
export function probeFolder(folder: string): Probe {
  const path = join(folder, `${prefix}${randomBytes(8).toString('hex')}`)
  const fd = openSync(path, 'wx', 0o600)
  try {
    const { mtimeMs, uid } = fstatSync(fd)
    return { now: mtimeMs, uid }
  } finally {
    closeSync(fd)
    unlinkSync(path)
  }
}

/**
 * Removes files of processes that were killed in {@link probeFolder}.
 * @param before removes files older than this, by the folder's clock
 */
export function removeOldProbes(folder: string, before: number): void {
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(prefix)) continue
    const path = join(folder, name)
    const file = lstatSync(path, { throwIfNoEntry: false })
    if (file && file.mtimeMs < before) rmSync(path, { force: true })
  }
}
