import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats, statSync } from 'node:fs'

const { O_NONBLOCK = 0, O_RDONLY } = constants

/**
 * Opens a regular file for reading, also through a symbolic link. Refuses everything else without opening it: `open` of a FIFO
 * waits for a writer, a device may act when it is opened, and a read of `/dev/zero` never ends.
 *
 * @throws EISDIR for a folder, EINVAL for anything else that is no regular file, and the system's error
 */
export function openRegularFile(path: string): number {
  refuseOther(statSync(path), path)
  const fd = openSync(path, O_RDONLY | O_NONBLOCK) // something else may have taken the name since
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
 * @param maxBytes a larger file is not read
 * @throws EFBIG for a larger file, and as {@link openRegularFile}
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

/** Returns an error as the system gives it. */
function failure(code: string, what: string, path: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: ${what}, '${path}'`), { code, path })
}
