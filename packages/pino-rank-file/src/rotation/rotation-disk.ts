import { linkSync, lstatSync, readdirSync, renameSync, unlinkSync } from 'node:fs'

/** Which file has a name, and what is known of it; times in ms since 1970. */
export interface NamedFile {
  dev: number
  ino: number
  /** How many names it has. */
  nlink: number
  size: number
  regular: boolean
  mtimeMs: number
  /** Also the time of its last link or rename. */
  ctimeMs: number
  /** 0 where the file system does not keep it. */
  birthtimeMs: number
}

/** The calls that moving a log takes; a test brings its own. All but these outcomes are thrown as the system gives them. */
export interface RotationDisk {
  list(folder: string): string[]
  /** Of the name itself, where it is a symbolic link; undefined where there is none. */
  stat(path: string): NamedFile | undefined
  /** A second name, which must not be there yet. */
  link(path: string, second: string): 'done' | 'taken' | 'gone'
  /** False where there is nothing of that name. */
  rename(path: string, to: string): boolean
  /** Also where it is gone already. */
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
  link(path, second) {
    const fault = failure(() => linkSync(path, second), 'EEXIST', 'ENOENT')
    if (!fault) return 'done'
    return fault === 'EEXIST' ? 'taken' : 'gone'
  },
  rename: (path, to) => !failure(() => renameSync(path, to), 'ENOENT'),
  unlink: (path) => void failure(() => unlinkSync(path), 'ENOENT'),
}

/** The code of the error with which `call` failed, where it is one of `expected`. */
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
