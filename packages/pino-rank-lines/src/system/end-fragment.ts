import { closeSync, constants, openSync, readFileSync, readSync, writeSync } from 'node:fs'

/** The number of bytes of a fragment that are compared before the file is changed. */
const maxCompared = 4096

/** How far before the second part of a split write its first part is looked for, in bytes. */
const maxBetween = 2 ** 20

const newline = Buffer.from('\n')

/**
 * Ends a fragment of a line in place by replacing its last byte with a newline. The fragment must be the last write of `fd`.
 * This needs no room on a full disk. It keeps what other processes append whole, because their data starts behind the newline.
 *
 * Returns false, and changes nothing, if the fragment is not found. This is so on systems other than Linux, whose kernel
 * reports where the last write ended, and for files that may not be read or may only be appended to.
 */
export function endFragment(fd: number, fragment: Uint8Array): boolean {
  return atLastWrite(fd, false, (own, end) => {
    const expected = fragment.subarray(-maxCompared)
    const found = bytesAt(own, end - expected.length, expected.length)
    return found?.equals(expected) === true && writeSync(own, newline, 0, 1, end - 1) === 1
  })
}

/**
 * Finds out whether the last write of `fd` was split. After a short write, libuv writes the rest in a second call
 * (`uv__fs_write_all`), and returns the sum. If another process appends between the two calls, its line stands directly behind
 * a fragment. The fragment is then ended in place, as {@link endFragment} does.
 *
 * Returns the length of the first part, -1 if it was not found, and undefined if the write was not split within a line or the
 * system does not report where it ended.
 *
 * @param written what the write took, of whole lines and perhaps a fragment at the end
 */
export function endSplitWrite(fd: number, written: Uint8Array): number | undefined {
  return atLastWrite(fd, undefined, (own, end) => {
    const piece = Buffer.from(written.buffer, written.byteOffset, written.length)
    const found = bytesAt(own, end - piece.length, piece.length)
    if (!found || found.equals(piece)) return undefined
    const first = piece.length - commonEnd(found, piece)
    const second = end - (piece.length - first)
    const start = Math.max(0, second - maxBetween)
    const before = bytesAt(own, start, second - start)
    if (!before) return -1
    const at = firstPartIn(before, piece, first, start)
    if (at === 'between lines') return undefined
    if (at === undefined) return -1
    return writeSync(own, newline, 0, 1, start + at + first - 1) === 1 ? first : -1
  })
}

/**
 * Returns where the first part of `piece` stands in `before`: at the start of a line, with the start of another line behind it.
 * The beginning of another process's line may be the same, so what follows must look like the start of the line that is cut.
 * Undefined if no place does, or two do.
 *
 * @param position where `before` begins in the file
 */
function firstPartIn(
  before: Buffer,
  piece: Buffer,
  first: number,
  position: number,
): number | 'between lines' | undefined {
  const places: { at: number; likeness: number }[] = []
  const cutLine = piece.subarray(piece.lastIndexOf(newline, first - 1) + 1)
  let isBetweenLines = false
  for (let at = before.indexOf(piece.subarray(0, first)); at !== -1; ) {
    const startsLine = at === 0 ? position === 0 : before[at - 1] === newline[0]
    const behind = before.subarray(at + first)
    const likeness = commonStart(behind, cutLine)
    if (startsLine && likeness > 0) places.push({ at, likeness })
    // the first part is longer than `first` if it ends as the other process's lines do
    const longer = commonStart(behind, piece.subarray(first))
    isBetweenLines ||= startsLine && piece.subarray(first - 1, first + longer).includes(newline)
    at = before.indexOf(piece.subarray(0, first), at + 1)
  }
  const [best, next] = places.sort((a, b) => b.likeness - a.likeness)
  if (isBetweenLines) return 'between lines'
  return best && best.likeness !== next?.likeness ? best.at : undefined
}

/**
 * Calls `task` with a descriptor that reads and writes at any position, and with the position at which the last write of `fd`
 * ended. Returns `otherwise` if the system gives neither.
 */
function atLastWrite<T>(fd: number, otherwise: T, task: (own: number, end: number) => T): T {
  let own: number | undefined
  try {
    const [, end] = /^pos:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1')) ?? []
    own = openSync(`/proc/self/fd/${fd}`, constants.O_RDWR) // a descriptor without O_APPEND, under which Linux ignores the position
    return end === undefined ? otherwise : task(own, Number(end))
  } catch {
    return otherwise
  } finally {
    if (own !== undefined) closeSync(own)
  }
}

/** Returns `length` bytes of the file from `position`; undefined if it has no such bytes. */
function bytesAt(fd: number, position: number, length: number): Buffer | undefined {
  if (position < 0) return undefined
  const bytes = Buffer.allocUnsafe(length)
  return readSync(fd, bytes, 0, length, position) === length ? bytes : undefined
}

function commonEnd(a: Buffer, b: Buffer): number {
  let length = 0
  while (length < Math.min(a.length, b.length) && a[a.length - 1 - length] === b[b.length - 1 - length]) length++
  return length
}

function commonStart(a: Buffer, b: Buffer): number {
  let length = 0
  while (length < Math.min(a.length, b.length) && a[length] === b[length]) length++
  return length
}
