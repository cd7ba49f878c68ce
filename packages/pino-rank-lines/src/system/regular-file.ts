import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats, statSync } from 'node:fs'

const { O_NONBLOCK = 0, O_RDONLY } = constants

/**
 * Opens a regular file for reading, also through a symbolic link. Refuses everything else without opening it: opening a FIFO
 * waits for a writer, opening a device may have an effect, and reading `/dev/zero` never ends.
 *
 * @throws EISDIR for a folder, EINVAL for anything else that is not a regular file, and the system's error
 */
export function openRegularFile(path: string): number {
  refuseOther(statSync(path), path)
  const fd = openSync(path, O_RDONLY | O_NONBLOCK) // another file may have replaced it since
  try {
    refuseOther(fstatSync(fd), path)
  } catch (error) {
    closeSync(fd)
    throw error
  }
  return fd
}

/**
 * Returns the content of a regular file.
 *
 * @param maxBytes maximum size
 * @throws EFBIG for a larger file, which is not read, and what {@link openRegularFile} throws
 */
export function readRegularFile(path: string, maxBytes: number): Buffer {
  const fd = openRegularFile(path)
  try {
    if (fstatSync(fd).size > maxBytes) throw failure('EFBIG', `larger than ${maxBytes} bytes`, path)
    return readFileSync(fd)
  } finally {
    closeSync(fd)
  }
}

function refuseOther(found: Stats, path: string): void {
  if (found.isDirectory()) throw failure('EISDIR', 'illegal operation on a directory', path)
  if (!found.isFile()) throw failure('EINVAL', 'not a regular file', path)
}

/** Returns an error in the form of a system error. */
function failure(code: string, what: string, path: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: ${what}, '${path}'`), { code, path })
}
