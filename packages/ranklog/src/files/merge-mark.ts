import { headOf } from './file-head.ts'

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

/** Number of bytes of a file that are enough for the mark, packed or not. */
const headBytes = 1024

/** Reports whether a file has the mark, packed or not, whatever its name. False for a file that cannot be read. */
export function isMarked(path: string): boolean {
  try {
    return headOf(path, headBytes).subarray(0, mergeMark.length).equals(mergeMark)
  } catch {
    return false
  }
}
