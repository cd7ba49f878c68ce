import { randomBytes } from 'node:crypto'
import {
  accessSync,
  closeSync,
  constants,
  createReadStream,
  createWriteStream,
  fchmodSync,
  fchownSync,
  openSync,
  renameSync,
  type Stats,
  statSync,
  unlinkSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { beforeDeathBy } from 'pino-rank/process'
import { InputError } from '../cli/index.ts'

/** The destination of a merge. The caller writes to `fd`, and then calls `commit`, or `discard` after an error. */
export interface Output {
  fd: number
  /** Completes the output: closes the file, and gives it its final name. Rejects with the system's error. */
  commit(): Promise<void>
  /** Discards the output. Returns what the file contains now, for the error message; undefined if it is not a file. */
  discard(): string | undefined
}

/** Error codes of `open` that the user can fix with another path. */
const inputErrors = new Set(['ENOENT', 'ENOTDIR', 'EISDIR', 'EACCES', 'EPERM', 'EROFS', 'ENAMETOOLONG', 'ETXTBSY'])

/**
 * Opens an output. A file is written under a temporary name in the same folder and then renamed, so that a failed merge does
 * not destroy an earlier result. If no file can be created in the folder, an existing file is overwritten in place. Pipes,
 * devices and descriptors are written directly.
 *
 * @param target a descriptor, or a path whose symbolic links are resolved, because a rename would replace the link
 * @throws {InputError} if it cannot be opened
 */
export function openOutput(target: string | number): Output {
  if (typeof target === 'number') return { fd: target, commit: async () => {}, discard: () => undefined }
  try {
    return openPath(target)
  } catch (error) {
    if (!inputErrors.has((error as NodeJS.ErrnoException).code as string)) throw error
    throw new InputError(`--output: ${(error as Error).message}`, 'use a file that you may write')
  }
}

function openPath(path: string): Output {
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found) return replaceFile(path)
  if (!found.isFile()) return writeInPlace(path)
  accessSync(path, constants.W_OK)
  try {
    return replaceFile(path, found)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return writeInPlace(path)
    throw error
  }
}

/**
 * Opens a temporary file, which `commit` renames to `path`. It is removed if a signal ends the process before.
 *
 * @param found the file that is at `path` now
 */
function replaceFile(path: string, found?: Stats): Output {
  const temporary = join(dirname(path), `.ranklog-${process.pid}-${randomBytes(4).toString('hex')}.part`)
  const fd = openSync(temporary, 'wx', 0o640)
  const removeTemporary = () => unlinkSync(temporary)
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  const removals = signals.map((signal) => beforeDeathBy(signal, removeTemporary))
  const removeSignalHandlers = () => {
    for (const removeHandler of removals) removeHandler()
  }
  if (found) copyModeAndOwner(fd, found)
  let isComplete = false
  return {
    fd,
    async commit() {
      closeSync(fd)
      isComplete = true
      await moveTo(temporary, path)
      removeSignalHandlers()
    },
    discard() {
      removeSignalHandlers()
      if (isComplete) return `the result is in ${temporary}`
      removeTemporary()
      return found ? `${path} is unchanged` : `${path} was not created`
    },
  }
}

/** Gives a new file the mode and the owner of the file that it replaces, as far as the system permits that. */
function copyModeAndOwner(fd: number, { uid, gid, mode }: Stats): void {
  try {
    fchownSync(fd, uid, gid)
  } catch {
    // not permitted: the file belongs to this user
  }
  try {
    fchmodSync(fd, mode & 0o7777)
  } catch {
    // a file system without modes
  }
}

/** Renames a file. If the file at `path` cannot be replaced (a mount point, another user's file), overwrites its content. */
async function moveTo(temporary: string, path: string): Promise<void> {
  try {
    renameSync(temporary, path)
  } catch {
    await pipeline(createReadStream(temporary), createWriteStream(path))
    unlinkSync(temporary)
  }
}

function writeInPlace(path: string): Output {
  const fd = openSync(path, 'w', 0o640)
  return {
    fd,
    commit: async () => closeSync(fd),
    discard() {
      return statSync(path).isFile() ? `${path} has only a part of the result` : undefined
    },
  }
}
