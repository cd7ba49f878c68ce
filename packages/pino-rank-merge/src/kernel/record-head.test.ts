import t from 'tap'
import { recordHead } from './record-head.ts'

t.test('the head of a record has the fields that differ between ranks, and ends before the others', async (t) => {
  for (const [head, rank, rest] of [
    ['{"level":30,"time":1,"pid":2,"hostname":"h",', '"rank":3', ',"msg":"a"}'],
    ['{"level":30,"time":1,"pid":2,"hostname":"h",', '"rank":3', '}'],
    ['{"level":30,"time":1,', '"rank":12', ',"msg":"a"}'],
    ['{"level":30,"time":1,"pid":2,"hostname":"h",', '', '"msg":"a"}'],
    ['{"level":30,"time":1,"pid":2,', '', '"hostname":"a\\\\n","rank":3}'],
  ] as const) {
    const line = Buffer.from(`${head}${rank}${rest}\n`)
    const { levelEnd, rankStart, rankEnd, end } = recordHead(line) ?? { levelEnd: 0, rankStart: 0, rankEnd: 0, end: 0 }
    t.equal(String(line.subarray(0, levelEnd)), '{"level":30,')
    t.equal(String(line.subarray(rankStart, rankEnd)), rank, String(line))
    t.equal(String(line.subarray(end)), `${rank ? rest.replace(/^,/, '') : rest}\n`)
  }
  const text = Buffer.from('{"level":"info","time":"2025-01-01T00:00:00.000Z","hostname":"h","rank":0,"msg":"a"}\n')
  t.match(recordHead(text), { levelEnd: 16, rankStart: 65, end: 74 })
  for (const line of ['', '{', 'text', '{"time":1,"level":30}', '{"level":30}', '{"level":30,"time":"x\\n"}'])
    t.equal(recordHead(Buffer.from(line)), undefined, line)
})
