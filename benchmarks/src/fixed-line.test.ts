import { Writable } from 'node:stream'
import pino from 'pino'
import t from 'tap'
import winston from 'winston'
import { beginsLine, lineBytes, parseLine, writeLine, writeUrgentLine, writeWinstonLine } from './fixed-line.ts'

const at = { rank: 3, step: 7, line: 42 }

function written(): string[] {
  const lines: string[] = []
  const log = pino({ base: { rank: 3 } }, { write: (line) => lines.push(line) })
  writeLine(log, at.step, at.line)
  writeUrgentLine(log, at.step, at.line)
  return lines
}

t.test('the lines of every logger have the same length and content', async (t) => {
  const lines = written()
  const stream = new Writable({
    write(chunk, _, done) {
      lines.push(chunk.toString())
      done()
    },
  })
  const format = winston.format.combine(winston.format.timestamp(), winston.format.json())
  const transports = [new winston.transports.Stream({ stream })]
  writeWinstonLine(winston.createLogger({ format, defaultMeta: { rank: 3 }, transports }), at.step, at.line)
  t.equal(lines.length, 3)
  for (const line of lines) {
    t.equal(Buffer.byteLength(line), lineBytes)
    t.same(parseLine(line), at)
  }
})

t.test('beginsLine accepts every beginning of a line and nothing else', async (t) => {
  for (const line of written()) {
    const whole = line.trimEnd()
    for (let length = 0; length <= whole.length; length++) t.ok(beginsLine(whole.slice(0, length)))
    t.notOk(beginsLine(whole.slice(1)))
    t.notOk(beginsLine(`${whole.slice(0, 50)}${whole.slice(0, 50)}`), 'two beginnings')
    t.notOk(beginsLine(`${whole} `))
  }
})
