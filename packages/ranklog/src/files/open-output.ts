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

/** The destination of a result. */
export interface Output {
  fd: number
  /** Completes the output: gives the result its final name. Rejects with the system's error. */
  keep(): Promise<void>
  /** Discards the output. Returns a text about the state of the file for a message; undefined if it is not known. */
  discard(): string | undefined
}

/** Error codes of `open` that the user can fix with another path. */
const inputErrors = new Set(['ENOENT', 'ENOTDIR', 'EISDIR', 'EACCES', 'EPERM', 'EROFS', 'ENAMETOOLONG', 'ETXTBSY'])

/**
 * Opens an output. A file is written under a temporary name in the same folder and then renamed, so that a failed merge does
 * not destroy an earlier result. If no new file can be made in the folder, an existing file is overwritten in place. Pipes,
 * devices and descriptors are written directly.
 *
 * @param target a path that does not end in a symbolic link, or a descriptor
 * @throws {InputError} if it cannot be opened
 */
export function openOutput(target: string | number): Output {
  if (typeof target === 'number') return { fd: target, keep: async () => {}, discard: () => undefined }
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

/** Opens a temporary file that later replaces a file. @param found the existing file */
function replaceFile(path: string, found?: Stats): Output {
  const temporary = join(dirname(path), `.ranklog-${process.pid}-${randomBytes(4).toString('hex')}.part`)
  const fd = openSync(temporary, 'wx', 0o640)
  const remove = () => unlinkSync(temporary)
  const removeHandlers = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((signal) => beforeDeathBy(signal, remove))
  const release = () => {
    for (const removeHandler of removeHandlers) removeHandler()
  }
  if (found) copyOwnership(fd, found)
  let isMoving = false
  return {
    fd,
    async keep() {
      closeSync(fd)
      isMoving = true
      await moveTo(temporary, path)
      release()
    },
    discard() {
      release()
      if (isMoving) return `the result is in ${temporary}`
      remove()
      return found ? `${path} is unchanged` : `${path} was not created`
    },
  }
}

/** Gives a new file the mode of the file that it replaces, and its owner if this user may. */
function copyOwnership(fd: number, { uid, gid, mode }: Stats): void {
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

/** Renames a file. If the target cannot be replaced (a mount point, another user's file), overwrites its content. */
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
    keep: async () => closeSync(fd),
    discard() {
      return statSync(path).isFile() ? `${path} has only a part of the result` : undefined
    },
  }
}
