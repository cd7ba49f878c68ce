import { closeSync, constants, existsSync, lstatSync, openSync, readlinkSync, realpathSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { makeFolder } from './make-folder.ts'

/** A file that no symbolic link may take out of a folder. */
export interface InsidePlace {
  path: string
  /** The folder whose real path all must lie in; its own path may have links. */
  within: string
  /** Permission bits of missing folders, which are then made; undefined: they are not. */
  folders: number | undefined
}

const { O_DIRECTORY = 0, O_RDONLY } = constants

/**
 * Calls `use` with a path for the same file, and returns what it returns. Its folder's real path lies in `within`; so
 * that the name itself is no link is for `use` to see to: O_NOFOLLOW, or a name that it creates or renames to.
 *
 * On Linux the folder that is checked is the one that `use` gets, whatever is renamed meanwhile. Elsewhere it is looked
 * at before and after: who swaps it for a link and back in between is not seen. In both, who swaps a folder while missing
 * ones are made below it can have empty folders made elsewhere.
 *
 * @throws ELOOP where a link leads out, and what the system says
 */
export function useInside<Result>(
  { path, within, folders }: InsidePlace,
  use: (path: string) => Result,
  descriptors = '/proc/self/fd', // names a file through the descriptor of its folder, which nobody can swap
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

/** A folder that nobody can swap until it is released. */
export interface HeldFolder {
  /** Its name meanwhile. */
  path: string
  release(): void
}

/**
 * Holds a folder whose real path lies in `within`. Elsewhere than on Linux it is only looked at, once.
 *
 * @throws ELOOP where a link leads out, and what the system says
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

/** The nearest that exists, be it a link that leads nowhere. */
function nearestExisting(folder: string): string {
  for (let at = resolve(folder); ; at = dirname(at)) {
    if (lstatSync(at, { throwIfNoEntry: false }) || at === dirname(at)) return at
  }
}
