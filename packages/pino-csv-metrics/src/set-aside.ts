import { constants, copyFileSync, linkSync, rmSync } from 'node:fs'
import { replaceFile } from 'pino-rank-lines/system'

/**
 * Moves a file to the first free name `PATH.unread-1`, `PATH.unread-2`, …, and creates a new file with `text` in its place. No
 * run reads or writes the moved file again. Returns its name.
 *
 * @throws the system's error. The file is then unchanged.
 */
export function setAside(path: string, text: string, mode: number): string {
  for (let number = 1; ; number++) {
    const kept = `${path}.unread-${number}`
    if (!keep(path, kept)) continue
    replaceFile({ path, mode }, text)
    return kept
  }
}

/** Returns false if the name is taken. */
function keep(path: string, kept: string): boolean {
  try {
    linkSync(path, kept)
    return true
  } catch (error) {
    if (isTaken(error)) return false
  }
  try {
    copyFileSync(path, kept, constants.COPYFILE_EXCL) // a file system without hard links
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
