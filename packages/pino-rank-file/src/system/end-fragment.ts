import { closeSync, constants, openSync, readFileSync, readSync, writeSync } from 'node:fs'

/** The number of bytes of a fragment that are compared before the file is changed. */
const maxCompared = 4096

const newline = Buffer.from('\n')

/**
 * Ends a fragment of a line in place by replacing its last byte with a newline. The fragment must be the last write of `fd`.
 * This needs no room on a full disk. It keeps what other processes append whole, because their data starts behind the newline.
 *
 * Returns false, and changes nothing, if the fragment is not found. This is so on systems other than Linux, whose kernel
 * reports where the last write ended, and for files that may not be read or may only be appended to.
 */
export function endFragment(fd: number, fragment: Uint8Array): boolean {
  let own: number | undefined
  try {
    const [, end] = /^pos:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1')) ?? []
    own = openSync(`/proc/self/fd/${fd}`, constants.O_RDWR) // a descriptor without O_APPEND, under which Linux ignores the position
    const expected = fragment.subarray(-maxCompared)
    const found = Buffer.alloc(expected.length)
    const start = Number(end) - expected.length
    if (!(start >= 0) || readSync(own, found, 0, found.length, start) < found.length || !found.equals(expected))
      return false
    return writeSync(own, newline, 0, 1, Number(end) - 1) === 1
  } catch {
    return false
  } finally {
    if (own !== undefined) closeSync(own)
  }
}
