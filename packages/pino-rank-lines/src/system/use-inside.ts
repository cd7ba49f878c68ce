import { closeSync, constants, existsSync, lstatSync, openSync, readlinkSync, realpathSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { makeFolder } from './make-folder.ts'

/** A file that must stay inside a folder, whatever symbolic links there are. */
export interface InsidePlace {
  path: string
  /** The folder that contains the real paths of all folders of the file. Its own path may have links. */
  within: string
  /** Permission bits with which missing folders are made. Undefined: they are not made. */
  folders: number | undefined
}

const { O_DIRECTORY = 0, O_RDONLY } = constants

/**
 * Calls `use` with a path for the same file, and returns its result. The real path of the file's folder is in `within`. `use`
 * itself must make sure that the file is not a link: with O_NOFOLLOW, or by creating the name or renaming to it.
 *
 * On Linux `use` gets the folder that was checked, whatever is renamed in the meantime. Elsewhere the folder is checked before
 * and after. A folder that is replaced by a link and restored in between is not noticed there. On all systems, a process that
 * replaces a folder while missing folders are made in it can have empty folders made elsewhere.
 *
 * @throws ELOOP if a link leads out, and the system's error
 */
export function useInside<Result>(
  { path, within, folders }: InsidePlace,
  use: (path: string) => Result,
  descriptors = '/proc/self/fd', // a path through the descriptor of the folder, which no process can replace
): Result {
  const folder = dirname(path)
  if (folders !== undefined) {
    makeFolder(within, folders)
    check(realpathSync(nearestExisting(folder)), within, path)
    makeFolder(folder, folders)
  }
  if (!existsSync(descriptors)) return useChecked(path, within, use)
  const held = heldFolder(folder, within, descriptors)
  const safe = join(held.path, basename(path))
  try {
    return use(safe)
  } catch (error) {
    if (error instanceof Error) error.message = error.message.replaceAll(safe, path)
    throw error
  } finally {
    held.release()
  }
}

/** A folder that no process can replace until it is released. */
export interface HeldFolder {
  /** Its path until then. */
  path: string
  release(): void
}

/**
 * Holds a folder whose real path is in `within`. On systems other than Linux the folder is checked once, but not held.
 *
 * @throws ELOOP if a link leads out, and the system's error
 */
export function heldFolder(folder: string, within: string, descriptors = '/proc/self/fd'): HeldFolder {
  if (!existsSync(descriptors)) {
    check(realpathSync(folder), within, folder)
    return { path: folder, release() {} }
  }
  const fd = openSync(folder, O_RDONLY | O_DIRECTORY)
  const path = join(descriptors, `${fd}`)
  try {
    check(readlinkSync(path), within, folder)
  } catch (error) {
    closeSync(fd)
    throw error
  }
  return { path, release: () => closeSync(fd) }
}

function useChecked<Result>(path: string, within: string, use: (path: string) => Result): Result {
  check(realpathSync(dirname(path)), within, path)
  const result = use(path)
  check(realpathSync(dirname(path)), within, path)
  return result
}

function check(real: string, within: string, path: string): void {
  const way = relative(realpathSync(within), real)
  if (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)) return
  const message = `ELOOP: ${path} is in ${real}, where a symbolic link leads out of ${within}`
  throw Object.assign(new Error(message), { code: 'ELOOP' })
}

/** Returns the nearest path that exists, which may be a broken link. */
function nearestExisting(folder: string): string {
  for (let at = resolve(folder); ; at = dirname(at)) {
    if (lstatSync(at, { throwIfNoEntry: false }) || at === dirname(at)) return at
  }
}
