import { closeSync, constants, openSync, readFileSync, readSync, writeSync } from 'node:fs'

/** How much of a fragment is compared before a byte of the file is changed. */
const maxCompared = 4096

const newline = Buffer.from('\n')

/**
 * Ends a fragment of a line, which was the last that `fd` wrote, in place: its last byte becomes a newline. That takes no room on a full
 * disk, and it leaves whole what another process has appended meanwhile, or will: that starts behind the newline.
 *
 * Returns false, and changes nothing, where the fragment is not found: elsewhere than on Linux, whose kernel says where the last write
 * ended, and where the file may not be read or only be appended to.
 */
export function endFragment(fd: number, fragment: Uint8Array): boolean {
  let own: number | undefined
  try {
    const [, end] = /^pos:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1')) ?? []
    own = openSync(`/proc/self/fd/${fd}`, constants.O_RDWR) // under O_APPEND Linux would ignore a position
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
