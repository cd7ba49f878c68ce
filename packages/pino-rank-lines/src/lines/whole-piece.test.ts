import t from 'tap'
import { maxPieceBytes, wholePiece } from './whole-piece.ts'

/** Returns a line of this number of bytes. */
const line = (bytes: number) => `${'x'.repeat(bytes - 1)}\n`

t.test('a pipe keeps a piece of whole lines together, and a longer line is a piece of its own', async (t) => {
  const max = maxPieceBytes
  const cases: [what: string, lines: string, piece: string][] = [
    ['all fit', line(max), line(max)],
    ['two fit exactly, of three', line(96) + line(max - 96) + line(10), line(96) + line(max - 96)],
    ['one byte too many', line(96) + line(max - 95), line(96)],
    ['a long line behind a short one', line(10) + line(2 * max), line(10)],
    ['a long line in front', line(max + 1) + line(10), line(max + 1)],
    ['a longer line in front', line(3 * max) + line(10), line(3 * max)],
    ['a long line alone', line(3 * max), line(3 * max)],
  ]
  for (const [what, lines, piece] of cases) t.equal(`${wholePiece(Buffer.from(lines))}`, piece, what)
})
