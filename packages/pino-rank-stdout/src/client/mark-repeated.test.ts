import t from 'tap'
import { markRepeated } from './mark-repeated.ts'

t.test('each record is marked, text is not, and a last record has the number of lines', async (t) => {
  const { count, bytes } = markRepeated(Buffer.from('{"level":30,"rank":3}\nTraceback:\n{"level":50}\n'), 3, false)
  t.equal(count, 3)
  const [first, text, last, record, rest] = String(bytes).split('\n')
  t.strictSame(
    [first, text, last, rest],
    ['{"repeated":true,"level":30,"rank":3}', 'Traceback:', '{"repeated":true,"level":50}', ''],
  )
  t.match(JSON.parse(record as string), {
    level: 40,
    rank: 3,
    repeated: 3,
    msg: /^pino-rank-stdout: the collector did not acknowledge /,
  })
})

t.test('after a line that may be incomplete, the output begins with a newline', async (t) => {
  t.match(String(markRepeated(Buffer.from('{"level":30}\n'), 0, true).bytes), /^\n\{"repeated":true,"level":30\}\n/)
})
