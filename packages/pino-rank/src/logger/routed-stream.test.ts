import { type EventEmitter, once } from 'node:events'
import pino from 'pino'
import t from 'tap'
import { rankLogger } from '../index.ts'
import { Memory } from './memory.test-kit.ts'

const as = (rank: number) => ({ rank: { rank, launcher: 'test', worldSize: 4 } })
const streamOf = (log: object) => (log as Record<symbol, unknown>)[pino.symbols.streamSym] as EventEmitter & WholeStream

interface WholeStream {
  write(line: string): unknown
  flush(done?: () => void): void
  flushSync(): void
  end(line?: string): void
  destroy(): void
  ref(): void
  unref(): void
  writable: boolean
}

t.test('the stream of a gated rank ends, flushes and emits like any stream', async (t) => {
  const appended: string[] = []
  const stream = new Memory()
  const options: [name: string, make: () => pino.Logger][] = [
    ['a stream with no more than write', () => rankLogger(as(1), { write: (line: string) => appended.push(line) })],
    ['a stream of events', () => rankLogger(as(1), Object.assign(stream, { end: () => stream.emit('close') }))],
    [
      'a target that never starts',
      () => rankLogger({ ...as(1), transport: { target: 'pino/file', options: { destination: '/dev/null' } } }),
    ],
    ['none', () => rankLogger({ ...as(1), transport: { targets: [] } })],
    [
      'silent, on an open rank',
      () =>
        rankLogger({
          ...as(0),
          level: 'silent',
          transport: { target: 'pino/file', options: { destination: '/dev/null' } },
        }),
    ],
  ]
  for (const [name, make] of options) {
    const log = make()
    const output = streamOf(log)
    await once(output, 'ready')
    await new Promise<void>((done) => output.flush(() => done()))
    output.flush()
    output.flushSync()
    output.ref()
    output.unref()
    t.equal(output.emit('an event without a listener'), false)
    t.equal(output.writable, true)
    const [finish, close] = [once(output, 'finish'), once(output, 'close')]
    output.end()
    await Promise.all([finish, close])
    t.equal(output.writable, false, name)
    output.end()
    output.destroy()
  }
  const [[, make]] = options as [[string, () => pino.Logger]]
  const log = make()
  streamOf(log).end('the last\n')
  log.error('after the end')
  t.match(appended, [/the last/, /after the end/])
})
