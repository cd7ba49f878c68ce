/** PIPE_BUF on Linux: one write(2) of at most this many bytes is never mixed with another's in a pipe; pipe(7). */
export const maxPieceBytes = 4096

const newline = 10

/**
 * Returns the first of `lines` that a pipe keeps together in one write: at most 4096 bytes, up to the end of a line. A longer
 * line is a piece of its own.
 */
export function wholePiece(lines: Buffer): Buffer {
  if (lines.length <= maxPieceBytes) return lines
  return lines.subarray(
    0,
    lines.lastIndexOf(newline, maxPieceBytes - 1) + 1 || lines.indexOf(newline, maxPieceBytes) + 1,
  )
}
