import { statSync } from 'node:fs'
import { firstBytes, isPacked, unpack } from './file-head.ts'

/**
 * The mark of a file that `ranklog merge --force` wrote into a folder of logs. The first 64 bytes of the file are spaces (0) and
 * tabs (1): the bits of the text `ranklog!`. They indent the first line, so JSON stays valid. No logger writes such a line: its
 * lines begin with `{`, and no text begins with this indentation.
 */
export const mergeMark: Buffer = Buffer.from(
  [...Buffer.from('ranklog!')]
    .map((byte) => byte.toString(2).padStart(8, '0').replaceAll('0', ' ').replaceAll('1', '\t'))
    .join(''),
)

/** Number of bytes of a packed file that are enough to unpack the mark. */
const packedBytes = 1024

/** Reports whether a file has the mark, packed or not, whatever its extension. False for a file that cannot be read. */
export function isMarked(path: string): boolean {
  try {
    if (!statSync(path).isFile()) return false // reading a pipe would consume its bytes
    const head = firstBytes(path, packedBytes)
    if (startsWithMark(head)) return true
    return isPacked(path) && startsWithMark(unpack(path, head))
  } catch {
    return false
  }
}

function startsWithMark(bytes: Buffer): boolean {
  return bytes.subarray(0, mergeMark.length).equals(mergeMark)
}
