import { constants, copyFileSync, linkSync, rmSync } from 'node:fs'
import { replaceFile } from 'pino-rank-file/writer'

/**
 * Keeps a file under the first free name `PATH.unread-1`, `PATH.unread-2`, …, and puts a new file with `text` in its place. No run
 * reads or writes the kept file again. Returns its name.
 *
 * @throws the system's error; then the file is as it was
 */
export function setAside(path: string, text: string, mode: number): string {
  for (let number = 1; ; number++) {
    const kept = `${path}.unread-${number}`
    if (!keep(path, kept)) continue
    replaceFile({ path, mode }, text)
    return kept
  }
}

/** Returns false where the name is taken. */
function keep(path: string, kept: string): boolean {
  try {
    linkSync(path, kept)
    return true
  } catch (error) {
    if (isTaken(error)) return false
  }
  try {
    copyFileSync(path, kept, constants.COPYFILE_EXCL) // this file system has no hard links
    return true
  } catch (error) {
    if (isTaken(error)) return false
    rmSync(kept, { force: true })
    throw error
  }
}

function isTaken(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EEXIST'
}
