import { type EventEmitter, once } from 'node:events'
import pino from 'pino'
import t from 'tap'
import { rankLogger } from '../index.ts'
import { Memory } from './memory.test-kit.ts'
import { RoutedStream } from './routed-stream.ts'

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

/** A stream that closes when the test calls `close`. */
class ClosingStream extends Memory {
  closed = false
  ends = 0
  flushes: ((error?: Error) => void)[] = []

  flush(done: (error?: Error) => void): void {
    this.flushes.push(done)
  }

  end(): void {
    this.ends++
  }

  close(): void {
    this.closed = true
    this.emit('close')
  }
}

/** Returns a stream to these routes. `known` has one more stream, to which records went before. */
function routedTo(...streams: ClosingStream[]) {
  const earlier = new ClosingStream()
  const output = new RoutedStream(
    streams.map((stream) => ({ level: 30, stream })),
    new Set([earlier, ...streams]),
  )
  const events: string[] = []
  for (const name of ['finish', 'close']) output.on(name, () => events.push(name))
  const tick = () => new Promise((resolve) => setImmediate(resolve))
  return { earlier, output, events, tick }
}

t.test("end ends every stream that records went to, and 'close' waits for those that are not closed", async (t) => {
  const [open, closed] = [new ClosingStream(), new ClosingStream()]
  closed.closed = true
  const { earlier, output, events, tick } = routedTo(open, closed)
  t.strictSame([output.writable, output.writableEnded, output.destroyed], [true, false, false])
  output.end('the last\n')
  output.end()
  await tick()
  t.strictSame([open.ends, closed.ends, earlier.ends], [1, 1, 1])
  t.strictSame([open.lines, closed.lines, earlier.lines], [['the last\n'], ['the last\n'], []])
  t.strictSame(events, [])
  open.close()
  await tick()
  t.strictSame([events, output.destroyed, output.writableEnded], [[], false, true])
  earlier.close()
  await tick()
  t.strictSame([events, output.destroyed], [['finish', 'close'], true])
})

t.test('end does not end stdout and stderr, which the program still needs', async (t) => {
  const output = new RoutedStream([], new Set([process.stdout, process.stderr]))
  output.end()
  await once(output, 'close')
  t.strictSame([process.stdout.writable, process.stderr.writable], [true, true])
})

t.test('the callback of flush is called once all streams are flushed, or with an error', async (t) => {
  const stream = new ClosingStream()
  const { earlier, output } = routedTo(stream)
  const results: unknown[] = []
  output.flush((error) => results.push(error))
  stream.flushes[0]?.()
  t.strictSame(results, [])
  earlier.flushes[0]?.()
  t.strictSame(results, [undefined])
  output.flush((error) => results.push(error))
  const error = new Error('no room')
  stream.flushes[1]?.(error)
  t.strictSame(results, [undefined, error])
})

t.test("only pino's configuration is passed on to the streams as an event", async (t) => {
  const stream = new ClosingStream()
  const { earlier, output } = routedTo(stream)
  const received: unknown[] = []
  for (const one of [stream, earlier]) one.on('message', (message) => received.push(message))
  for (const one of [stream, earlier]) one.on('drain', () => received.push('drain'))
  t.equal(output.emit('message', 'config'), true)
  output.emit('drain')
  t.strictSame(received, ['config'])
})
