import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * A folder and those above it, as far as they are missing. Node's own `recursive` says ENOENT where a read-only disk refuses,
 * and does not return where one like /proc does.
 *
 * @param mode permission bits, before the umask. @default 0o777
 * @throws the system's error
 */
export function makeFolder(path: string, mode = 0o777): void {
  const error = refusal(path, mode)
  const above = dirname(path)
  if (error?.code === 'ENOENT' && above !== path) {
    makeFolder(above, mode)
    const last = refusal(path, mode)
    if (last) throw last
  } else if (error) throw error
}

/** Why there is no such folder now: another process may have been faster. */
function refusal(path: string, mode: number): NodeJS.ErrnoException | undefined {
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
