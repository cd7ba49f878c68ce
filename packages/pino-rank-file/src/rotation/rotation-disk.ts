import { closeSync, linkSync, lstatSync, openSync, readdirSync, renameSync, statSync, unlinkSync } from 'node:fs' // biome-ignore format: one line
import { basename, dirname, join } from 'node:path'
import { type FileId, probeFile, useInside } from 'pino-rank-lines/system'

/** The file behind a name and its state. Times are in ms since 1970. */
export interface NamedFile extends FileId {
  /** Number of names (hard links). */
  nlink: number
  size: number
  regular: boolean
  mtimeMs: number
  /** Also the time of its last link or rename. */
  ctimeMs: number
  /** 0 if the file system does not record it. */
  birthtimeMs: number
}

/**
 * The system calls of a rotation. Tests replace them. Other errors than the outcomes named here are thrown unchanged.
 */
export interface RotationDisk {
  list(folder: string): string[]
  /** Returns the state of the name itself, also if it is a symbolic link. Undefined if there is no such name. */
  stat(path: string): NamedFile | undefined
  /** Creates an empty file. The name must not exist yet. */
  create(path: string, mode: number): void
  /** Reads the file system's clock: creates a file, removes it, and returns its modification time. The name must not exist yet. */
  probe(path: string, mode: number): number
  /** Gives the file a second name, which must not exist yet. */
  link(path: string, second: string): 'done' | 'taken' | 'gone'
  /** Renames a file. Returns false if there is no such name. */
  rename(path: string, to: string): boolean
  /** Removes a name. Succeeds if it is gone already. */
  unlink(path: string): void
}

export const systemRotationDisk: RotationDisk = {
  list: (folder) => readdirSync(folder),
  stat(path) {
    const found = lstatSync(path, { throwIfNoEntry: false })
    if (!found) return undefined
    const { dev, ino, nlink, size, mtimeMs, ctimeMs, birthtimeMs } = found
    return { dev, ino, nlink, size, regular: found.isFile(), mtimeMs, ctimeMs, birthtimeMs }
  },
  create: (path, mode) => closeSync(openSync(path, 'wx', mode)),
  probe: (path, mode) => probeFile(path, mode).now,
  link(path, second) {
    refuseSticky(path)
    const fault = failure(() => linkSync(path, second), 'EEXIST', 'ENOENT')
    if (!fault) return 'done'
    return fault === 'EEXIST' ? 'taken' : 'gone'
  },
  rename: (path, to) => !failure(() => renameSync(path, to), 'ENOENT'),
  unlink: (path) => void failure(() => unlinkSync(path), 'ENOENT'),
}

/** Returns the system's disk for a log inside `within`. Each call checks that no symbolic link leads out of that folder. */
export function insideDisk(within: string): RotationDisk {
  const inside = <Result>(path: string, use: (path: string) => Result) =>
    useInside({ path, within, folders: undefined }, use)
  const siblingOf = (safe: string, path: string) => join(dirname(safe), basename(path))
  const { list, stat, create, probe, link, rename, unlink } = systemRotationDisk
  return {
    list: (folder) => inside(join(folder, 'any'), (safe) => list(dirname(safe))),
    stat: (path) => inside(path, stat),
    create: (path, mode) => inside(path, (safe) => create(safe, mode)),
    probe: (path, mode) => inside(path, (safe) => probe(safe, mode)),
    link: (path, second) => inside(path, (safe) => link(safe, siblingOf(safe, second))),
    rename: (path, to) => inside(path, (safe) => rename(safe, siblingOf(safe, to))),
    unlink: (path) => inside(path, unlink),
  }
}

/**
 * Throws if we may link a file but not rename it, because the file would then have two names in the folder. In a folder
 * with the sticky bit, only the owner of the file or of the folder may rename the file.
 */
function refuseSticky(path: string): void {
  const user = process.geteuid?.() ?? 0
  const folder = statSync(dirname(path), { throwIfNoEntry: false })
  if (user === 0 || !folder || !(folder.mode & 0o1000) || folder.uid === user) return
  const owner = lstatSync(path, { throwIfNoEntry: false })?.uid ?? user
  if (owner === user) return
  const message = `EPERM: ${path} belongs to another user, and its folder has the sticky bit: only the owner may rename it`
  throw Object.assign(new Error(message), { code: 'EPERM' })
}

/** Returns the code of the error with which `call` failed, if it is one of `expected`. */
function failure(call: () => void, ...expected: string[]): string | undefined {
  try {
    call()
    return undefined
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== undefined && expected.includes(code)) return code
    throw error
  }
}
