import { once } from 'node:events'
import { join } from 'node:path'
import pino from 'pino'
import t from 'tap'
import { type LoggerInternals, symbols, type ThreadStream } from './pino-internals.ts'

const types: Record<string, string> = {
  streamSym: 'object',
  messageKeySym: 'string',
  errorKeySym: 'string',
  timeSym: 'function',
  chindingsSym: 'string',
  mixinSym: 'function',
  serializersSym: 'object',
  formattersSym: 'object',
  lsCacheSym: 'object',
  writeSym: 'function',
  levelValSym: 'number',
}

for (const [name, type] of Object.entries(types)) {
  t.test(`pino's logger has ${name}`, (t) => {
    const log = pino({ mixin: () => ({}) }, { write() {} }) as unknown as Record<symbol, unknown>
    const symbol: unknown = (symbols as Record<string, unknown>)[name]
    t.type(symbol, 'symbol')
    t.type(log[symbol as symbol], type)
    t.end()
  })
}

t.test('pino writes the values that its symbols hold', (t) => {
  const lines: string[] = []
  const log = pino({ base: { a: 1 } }, { write() {} }) as unknown as LoggerInternals
  const own: LoggerInternals = Object.create(log)
  own[symbols.streamSym] = { write: (line) => void lines.push(line) }
  own[symbols.timeSym] = () => ',"time":7'
  own[symbols.chindingsSym] = `${log[symbols.chindingsSym]},"recorded":true`
  own[symbols.writeSym]({ b: 2 }, 'hello', 30)
  t.strictSame(lines, ['{"level":30,"time":7,"a":1,"recorded":true,"b":2,"msg":"hello"}\n'])
  t.end()
})

t.test('a transport of pino exposes its worker and its state', async (t) => {
  const destination = join(t.testdir(), 'log')
  const stream: ThreadStream = pino.transport({ target: 'pino/file', options: { destination } })
  t.equal(stream.ready, false)
  t.type(stream.worker?.on, 'function')
  await once(stream, 'ready')
  t.equal(stream.ready, true)
  t.equal(stream.writable, true)
  t.equal(stream.destroyed, false)
  stream.end()
  t.equal(stream.writable, false)
})
