import { Writable } from 'node:stream'
import pino from 'pino'
import t from 'tap'
import { Lines, minLineBytes, readLine } from './line.ts'

t.test('a line of pino and a line from Lines.text have the given length and the same content', async (t) => {
  for (const lineBytes of [minLineBytes, 300, 10_000]) {
    for (const rank of [0, 7, 63, 127]) {
      const lines = new Lines(rank, lineBytes)
      const written: string[] = []
      const log = pino({ base: { rank } }, { write: (line) => written.push(line) })
      log.info(lines.fields(12, 345), lines.msg)
      written.push(lines.text(12, 345))
      for (const line of written) {
        t.equal(Buffer.byteLength(line), lineBytes)
        t.same(readLine(line.trimEnd(), lineBytes), { rank, step: 12, line: 345 })
      }
    }
  }
})

t.test(
  'a line of winston has the given length and content',
  { skip: !(await import('winston').catch(() => undefined)) },
  async (t) => {
    const { default: winston } = await import('winston')
    for (const rank of [0, 127]) {
      const lines = new Lines(rank, minLineBytes)
      const written: string[] = []
      const stream = new Writable({
        write(chunk, _, done) {
          written.push(chunk.toString())
          done()
        },
      })
      const format = winston.format.combine(
        winston.format.timestamp({ format: () => `${Date.now()}` }),
        winston.format.json(),
      )
      const log = winston.createLogger({
        format,
        defaultMeta: { rank },
        transports: [new winston.transports.Stream({ stream })],
      })
      log.info(lines.message, lines.fields(3, 4))
      t.equal(written[0]?.length, minLineBytes)
      t.same(readLine(written[0]?.trimEnd() ?? '', minLineBytes), { rank, step: 3, line: 4 })
    }
  },
)

t.test('a part of a line, two lines in one, and a line of another length are not read as a line', async (t) => {
  const whole = new Lines(3, 200).text(1, 2).trimEnd()
  t.same(readLine(whole, 200), { rank: 3, step: 1, line: 2 })
  for (const text of [whole.slice(0, 150), whole.slice(1), `${whole} `, whole.slice(0, 100) + whole.slice(0, 99)])
    t.equal(readLine(text, 200), undefined)
  t.equal(readLine(whole, 201), undefined, 'a whole line, but of another length than expected')
})

t.test('a line that the stdout sink marks as repeated is read as a line', async (t) => {
  const whole = new Lines(3, 200).text(1, 2).trimEnd()
  t.same(readLine(whole.replace('{', '{"repeated":true,'), 200), { rank: 3, step: 1, line: 2 })
})
