import { headOf } from './file-head.ts'

/**
 * The mark of a file that `ranklog merge --force` wrote into a folder of logs: 64 bytes at its start, which are the bits of the
 * text `ranklog!`, with a space for 0 and a tab for 1. They indent the first line, so JSON stays valid. No logger writes such an
 * indentation.
 */
export const mergeMark: Buffer = Buffer.from(
  [...Buffer.from('ranklog!')]
    .map((byte) => byte.toString(2).padStart(8, '0').replaceAll('0', ' ').replaceAll('1', '\t'))
    .join(''),
)

/** Number of bytes that contain the mark, also in a compressed file. */
const headBytes = 1024

/** Reports whether a file has the mark, whatever its name, also if it is compressed. Returns false if it cannot be read. */
export function isMarked(path: string): boolean {
  try {
    return headOf(path, headBytes).subarray(0, mergeMark.length).equals(mergeMark)
  } catch {
    return false
  }
}
