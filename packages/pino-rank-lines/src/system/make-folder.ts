import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Makes a folder and its missing parents. Node's own option `recursive` throws ENOENT on a read-only disk, and does not return on
 * a file system like /proc.
 *
 * @param mode permission bits, before the umask: `folderMode` of those of the files in it
 * @throws the system's error
 */
export function makeFolder(path: string, mode: number): void {
  const error = makeOne(path, mode)
  const above = dirname(path)
  if (error?.code === 'ENOENT' && above !== path) {
    makeFolder(above, mode)
    const last = makeOne(path, mode)
    if (last) throw last
  } else if (error) throw error
}

/** Makes one folder. Returns the error, but not if the folder exists, because another process may have made it. */
function makeOne(path: string, mode: number): NodeJS.ErrnoException | undefined {
  try {
    mkdirSync(path, { mode })
  } catch (error) {
    if (!isFolder(path)) return error as Error
  }
  return undefined
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}
