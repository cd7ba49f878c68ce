import { closeSync, constants, openSync, readFileSync, readSync } from 'node:fs'

/** Where the last write to a file that is open for appending has ended. */
export interface LastWrite {
  /** A second descriptor of the file, which can read and write at any position. */
  fd: number
  /** The position at which the last write ended, in bytes. */
  end: number
}

/**
 * Calls `task` with the position at which the last write of `fd` ended. Returns `otherwise` if it is not known: only Linux reports
 * it, and this user may lack the permission to read the file or to open it without O_APPEND.
 */
export function atLastWrite<T>(fd: number, otherwise: T, task: (last: LastWrite) => T): T {
  let own: number | undefined
  try {
    const [, end] = /^pos:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1')) ?? []
    own = openSync(`/proc/self/fd/${fd}`, constants.O_RDWR) // without O_APPEND, with which Linux ignores the position
    return end === undefined ? otherwise : task({ fd: own, end: Number(end) })
  } catch {
    return otherwise
  } finally {
    if (own !== undefined) closeSync(own)
  }
}

/** Returns `length` bytes of the file from `position`. Undefined if the file is shorter. */
export function bytesAt(fd: number, position: number, length: number): Buffer | undefined {
  if (position < 0) return undefined
  const bytes = Buffer.allocUnsafe(length)
  return readSync(fd, bytes, 0, length, position) === length ? bytes : undefined
}
