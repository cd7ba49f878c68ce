import { endInPlace } from './end-fragment.ts'
import { blockBytes, type Cuts, commonEnd, findCuts } from './find-cuts.ts'
import { atLastWrite, bytesAt, type LastWrite } from './last-write.ts'

const newline = 10

/** How far before the last part of a split write the other parts are searched, in bytes. The next is tried if one is not enough. */
const searchBytes = [2 ** 20, 2 ** 23, 2 ** 26]

/** Maximum number of positions that are tried as the start of the last part. */
const maxStarts = 8

/** A write whose parts are not adjacent in the file. */
export interface SplitWrite {
  /** The start of the last part, as an offset in what was written. */
  lastPart: number
  /** The lines that are not whole in the file, each with its newline. A last line that was not written to its end is not included. */
  cutLines: Buffer[]
  /** True if a fragment may have no newline, so that another process's line follows it on the same line. */
  isUnterminated: boolean
}

/**
 * Finds out whether the last write of `fd` was split. After a short write, libuv writes the rest in another call
 * (`uv__fs_write_all`), which may be short again, and returns the sum. If another process appends between two calls, its line
 * directly follows a fragment. Each fragment is then ended in place, as `endFragment` does.
 *
 * Returns undefined if the parts are adjacent, or if {@link atLastWrite} does not know the position.
 *
 * @param written the bytes that were written: whole lines, and perhaps a fragment at the end
 */
export function endSplitWrite(fd: number, written: Uint8Array): SplitWrite | undefined {
  return atLastWrite(fd, undefined, (last) => {
    const piece = Buffer.from(written.buffer, written.byteOffset, written.length)
    const found = bytesAt(last.fd, last.end - piece.length, piece.length)
    if (!found || found.equals(piece)) return undefined
    const starts = startsOfLastPart(piece, found, last.end)
    const search = starts.map((lastPart) => searchFrom(last, piece, lastPart)).find(({ cuts }) => cuts.isComplete)
    const { lastPart, cuts } = search ?? searchFrom(last, piece, starts[0])
    const areEnded = cuts.fragmentEnds.map((end) => endInPlace(last.fd, end))
    return { lastPart, cutLines: cuts.lines, isUnterminated: !cuts.isComplete || areEnded.includes(false) }
  })
}

/**
 * Returns the positions in `written` at which the last part may begin. In the file, `found` is at the place of `written`. The last
 * part is where the ends of both are equal. Data before it may happen to be equal too, but a part begins only after a newline, or
 * after a fragment that fills its block.
 */
function startsOfLastPart(written: Buffer, found: Buffer, end: number): [number, ...number[]] {
  const earliest = written.length - commonEnd(found, written)
  const starts: number[] = []
  for (let start = earliest; start < written.length && starts.length < maxStarts; start++) {
    const isAfterNewline = found[start - 1] === newline
    if (isAfterNewline || (end - (written.length - start)) % blockBytes === 0) starts.push(start)
    if (isAfterNewline) break
  }
  const [first = earliest, ...more] = starts
  return [first, ...more]
}

function searchFrom({ fd, end }: LastWrite, written: Buffer, lastPart: number): { lastPart: number; cuts: Cuts } {
  const last = end - (written.length - lastPart)
  let cuts = findCuts({ before: Buffer.alloc(0), position: last, written, lastPart })
  for (const maxBefore of searchBytes) {
    const position = Math.max(0, last - maxBefore)
    const before = bytesAt(fd, position, last - position)
    if (!before) break // another program has truncated the file
    cuts = findCuts({ before, position, written, lastPart })
    if (cuts.isComplete || position === 0) break
  }
  return { lastPart, cuts }
}
