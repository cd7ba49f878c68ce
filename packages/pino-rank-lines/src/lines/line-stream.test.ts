import { once } from 'node:events'
import pino from 'pino'
import { rankLogger } from 'pino-rank'
import t from 'tap'
import type { LineSink } from './line-sink.ts'
import { LineStream } from './line-stream.ts'
import { NotedSink } from './noted-sink.test-kit.ts'

/** A sink whose drain ends when the test calls `endDrain`. */
class DrainedSink implements LineSink {
  readonly calls: string[] = []
  /** Ends the drain, with success or with an error. */
  endDrain: (isSent: boolean) => void = () => {}

  write(lines: Buffer): number {
    this.calls.push(`write ${lines}`)
    return lines.length
  }

  drain(): Promise<void> {
    this.calls.push('drain')
    return new Promise((resolve, reject) => {
      this.endDrain = (isSent) => (isSent ? resolve() : reject(new Error('no server')))
    })
  }

  end(): void {
    this.calls.push('end')
  }

  close(): void {
    this.calls.push('close')
  }
}

function drainedStream() {
  const sink = new DrainedSink()
  const options = { name: 'test', flushBytes: 65_536, flushMs: 60_000, flushLevel: 50 }
  const stream = new LineStream(sink, { ranks: '*', others: 'error' }, options)
  stream.on('close', () => sink.calls.push("'close'"))
  return { sink, stream }
}

t.test(
  'a value that is not text is written as text, as in SonicBoom, because a hook of pino may return any value',
  (t) => {
    const { sink, stream } = drainedStream()
    for (const chunk of [
      undefined,
      null,
      5,
      10n,
      { toString: () => 'own' },
      '',
      Buffer.from('ä\n'),
      new Uint8Array([97]),
    ]) {
      stream.write(chunk as string)
    }
    stream.flushSync()
    t.strictSame(sink.calls, ['write undefinednull510ownä\n'])
    t.throws(() => stream.write(Symbol('s') as never), TypeError)
    stream.write('\n')
    stream.flushSync()
    t.equal(sink.calls[1], 'write a\n')
    stream.end()
    sink.endDrain(true)
    t.end()
  },
)

for (const isSent of [true, false]) {
  t.test(`the callback of flush waits for the sink: ${isSent ? 'all is sent' : 'with its error'}`, async (t) => {
    const { sink, stream } = drainedStream()
    stream.write('1\n')
    const errors: (string | undefined)[] = []
    const flushed = new Promise<void>((resolve) =>
      stream.flush((error) => {
        errors.push(error?.message)
        resolve()
      }),
    )
    await new Promise(setImmediate)
    t.strictSame([sink.calls, errors], [['write 1\n', 'drain'], []])
    sink.endDrain(isSent)
    await flushed
    t.strictSame(errors, [isSent ? undefined : 'no server'])
    stream.flush()
    t.equal(sink.calls.length, 2, 'flush without a callback does not drain the sink')
  })

  t.test(`'close' waits for a sink that ${isSent ? 'sends its lines' : 'fails to send its lines'}`, async (t) => {
    const { sink, stream } = drainedStream()
    stream.write('1\n')
    stream.end()
    await new Promise(setImmediate)
    t.strictSame(sink.calls, ['write 1\n', 'drain'])
    sink.endDrain(isSent)
    await once(stream, 'close')
    t.strictSame(sink.calls.slice(2), ['end', 'close', "'close'"])
    t.equal(stream.stats().lines, 1)
  })
}

t.test('a line that comes while the sink drains is written, and one that comes later too', async (t) => {
  const { sink, stream } = drainedStream()
  stream.end('1\n')
  stream.end()
  stream.write('2\n')
  sink.endDrain(true)
  await once(stream, 'close')
  t.strictSame(sink.calls, ['write 1\n', 'drain', 'write 2\n', 'end', 'close', "'close'"])
  stream.write('3\n')
  t.strictSame(sink.calls.slice(6), ['write 3\n', 'end', 'close'])
})

t.test('a line of flushLevel is written at once, whatever text the logger writes for its level', async (t) => {
  const options = { formatters: { level: () => ({ severity: 'unknown' }) } }
  const loggers: [name: string, make: (stream: LineStream) => pino.Logger][] = [
    ['pino', (stream) => pino(options, stream)],
    ['rankLogger', (stream) => rankLogger({ ...options, rank: { rank: 0, launcher: 'test', worldSize: 1 } }, stream)],
  ]
  for (const [name, make] of loggers) {
    const { sink, stream } = drainedStream()
    const log = make(stream)
    log.info('first')
    log.warn('second')
    t.strictSame(sink.calls, [], name)
    log.error('third')
    t.match(sink.calls, [/^write .*first.*\n.*second.*\n.*third.*\n$/], name)
    t.equal('lastObj' in stream, name === 'pino', 'rankLogger passes the level only')
    stream.end()
    sink.endDrain(true)
  }
})

t.test('the file is reopened and rotated at its signals, once a line was written, until the end', async (t) => {
  const sink = new NotedSink()
  const options = { name: 'test', flushBytes: 65_536, flushMs: 60_000, flushLevel: 50 }
  const signals = { reopenOn: 'SIGWINCH', rotateOn: 'SIGURG' } as const // the test runner itself listens to most others
  const stream = new LineStream(sink, { ranks: '*', others: 'error' }, options, signals)
  const send = () => {
    for (const signal of Object.values(signals)) process.emit(signal, signal)
    return sink.calls.splice(0)
  }
  t.strictSame(send(), [], 'there is no file yet, and the signals do not end the process')
  stream.write('1\n')
  t.strictSame(send(), ['1\n', 'close', 'rotate'])
  stream.write('2\n')
  stream.rotate()
  t.strictSame(sink.calls.splice(0), ['2\n', 'rotate'])
  stream.write('3\n')
  stream.end()
  await once(stream, 'close')
  t.strictSame(sink.calls.splice(0), ['3\n', 'close'])
  for (const signal of Object.values(signals)) t.equal(process.listenerCount(signal), 0, signal)
})
