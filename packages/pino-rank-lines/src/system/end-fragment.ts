import { writeSync } from 'node:fs'
import { atLastWrite, bytesAt } from './last-write.ts'

/** Maximum number of bytes of a fragment that are compared before the file is changed. */
const maxCompared = 4096

const newline = Buffer.from('\n')

/**
 * Ends a fragment of a line in place by replacing its last byte with a newline. The fragment must be the last write of `fd`. This
 * needs no room on a full disk. Data that other processes append stays whole, because it starts after the newline.
 *
 * Returns false, and changes nothing, if the fragment is not found, or if {@link atLastWrite} does not know its position.
 */
export function endFragment(fd: number, fragment: Uint8Array): boolean {
  return atLastWrite(fd, false, (last) => {
    const expected = fragment.subarray(-maxCompared)
    const found = bytesAt(last.fd, last.end - expected.length, expected.length)
    return found?.equals(expected) === true && endInPlace(last.fd, last.end)
  })
}

/** Replaces the byte before `end` with a newline. Returns false if the file did not take it. */
export function endInPlace(fd: number, end: number): boolean {
  return writeSync(fd, newline, 0, 1, end - 1) === 1
}
