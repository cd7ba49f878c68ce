import { randomBytes } from 'node:crypto'
import { closeSync, fstatSync, lstatSync, openSync, readdirSync, rmSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'

const prefix = '.mlflow-clock-'

/** What a file system says of a file that this process has just made in a folder. */
export interface Probe {
  /** The folder's clock, in ms since 1970: comparable with an mtime there, as this host's own clock is not on a network file system. */
  now: number
  /** The owner that files of this process have there. */
  uid: number
}

/** Makes a file in a folder, looks at it and removes it. @throws the system's error */
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

/** Removes what processes have left that were killed in {@link probeFolder}. @param before older than this, by the folder's clock */
export function removeOldProbes(folder: string, before: number): void {
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(prefix)) continue
    const path = join(folder, name)
    const file = lstatSync(path, { throwIfNoEntry: false })
    if (file && file.mtimeMs < before) rmSync(path, { force: true })
  }
}
