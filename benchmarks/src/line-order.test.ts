import t from 'tap'
import { lineOrderOf } from './line-order.ts'

const start = 1_700_000_000_000
const line = (time: number, rank: number, seq: number) =>
  `{"level":30,"time":${start + time},"pid":1,"hostname":"h","rank":${rank},"seq":${seq},"msg":"step"}\n`

t.test('late lines, and lines out of the order of their rank, are counted', async (t) => {
  const text = line(1, 0, 0) + line(3, 1, 0) + line(2, 0, 1) + line(3, 0, 2) + line(9, 1, 2) + line(4, 0, 3)
  t.strictSame(lineOrderOf(Buffer.from(text)), {
    lines: 6,
    torn: 0,
    disordered: 1,
    behind: 2,
    largestMs: 5,
    firstMs: start + 1,
  })
})

t.test('a last line without a newline is whole, and other text is torn', async (t) => {
  t.match(lineOrderOf(Buffer.alloc(0)), { lines: 0, torn: 0, firstMs: Number.POSITIVE_INFINITY })
  t.match(lineOrderOf(Buffer.from(`text\n\n${line(1, 0, 0).trimEnd()}`)), { lines: 1, torn: 1 })
})

t.test('a line after a label is whole, and a line in the middle of another one makes both torn', async (t) => {
  const [one, other] = [line(1, 0, 0), line(2, 1, 0)]
  t.match(lineOrderOf(Buffer.from(`[default0]:${one}`)), { lines: 1, torn: 0 })
  t.match(lineOrderOf(Buffer.from(one.slice(0, 60) + other + one.slice(60))), { lines: 0, torn: 2 })
})
