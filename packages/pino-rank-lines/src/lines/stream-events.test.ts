import t from 'tap'
import type { LineSink } from './line-sink.ts'
import { LineStream } from './line-stream.ts'

/** A sink in memory that can be moved, and can be made to fail. */
class MovableSink implements LineSink {
  path: string | undefined = 'first'
  error: Error | undefined
  readonly texts: Record<string, string> = {}

  write(lines: Buffer): number {
    if (this.error) throw this.error
    this.texts[`${this.path}`] = `${this.texts[`${this.path}`] ?? ''}${lines}`
    return lines.length
  }

  moveTo(file: string): void {
    if (file === 'refused') throw new Error('refused')
    this.path = file
  }

  close(): void {}
}

const names = ['ready', 'write', 'drain', 'finish', 'close'] as const

/** Returns a stream that writes at once, its sink, and the events that were emitted, with their arguments. */
function observedStream(sink: LineSink = new MovableSink(), events: readonly string[] = names) {
  const options = { name: 'test', flushBytes: 65_536, flushLevel: 0, report: () => {} }
  const stream = new LineStream(sink, { ranks: '*', others: 'error' }, options)
  const emitted: unknown[] = []
  for (const name of events) stream.on(name, (...values) => emitted.push(values.length > 0 ? [name, ...values] : name))
  const turn = () => new Promise((resolve) => setImmediate(resolve))
  return { stream, sink: sink as MovableSink, emitted, turn }
}

t.test("in each tick, 'write' has the number of bytes, and 'drain' follows when all is written", async (t) => {
  const { stream, emitted, turn } = observedStream()
  await turn()
  emitted.length = 0
  stream.write('1\n')
  stream.write('ä\n')
  t.strictSame(emitted, [], 'in a later tick')
  await turn()
  stream.write('3\n')
  await turn()
  stream.flush()
  await turn()
  t.strictSame(emitted, [['write', 5], 'drain', ['write', 2], 'drain', 'drain'])
})

t.test("a listener for 'drain' that is added after a write in the same tick is called", async (t) => {
  const { stream, emitted, turn } = observedStream(undefined, [])
  await turn()
  stream.write('1\n')
  stream.once('drain', () => emitted.push('drain'))
  await turn()
  stream.once('drain', () => emitted.push('nothing new'))
  await turn()
  t.strictSame(emitted, ['drain'])
})

t.test("'drain' does not wait for a line without its newline", async (t) => {
  const { stream, emitted, turn } = observedStream(undefined, ['drain'])
  stream.write('1\nunfini')
  await turn()
  t.strictSame(emitted, ['drain'])
  stream.write('shed\n')
  await turn()
  t.strictSame(emitted, ['drain', 'drain'])
})

t.test("'drain' waits for a sink that fails until it has taken all", async (t) => {
  const { stream, sink, emitted, turn } = observedStream(undefined, ['write', 'drain'])
  sink.error = new Error('no room')
  stream.write('1\n')
  stream.flush()
  await turn()
  t.strictSame(emitted, [])
  sink.error = undefined
  const alive = setInterval(() => {}, 60_000) // the retry keeps no process alive
  const drained = new Promise((resolve) => stream.once('drain', resolve))
  stream.write('2\n')
  await drained
  clearInterval(alive)
  t.equal(sink.texts.first, '1\n2\n')
  t.same(emitted.at(-1), 'drain')
})

t.test("reopen emits 'ready' and then 'drain'; with a file, the lines after it go there", async (t) => {
  const { stream, sink, emitted, turn } = observedStream(undefined, ['ready', 'drain'])
  await turn()
  emitted.length = 0
  stream.reopen()
  t.equal(stream.file, 'first')
  await turn()
  t.strictSame(emitted, ['ready', 'drain'])
  stream.write('1\n')
  await turn()
  t.throws(() => stream.reopen('refused'), { message: 'refused' })
  stream.write('2\n')
  stream.reopen('second')
  t.equal(stream.file, 'second')
  stream.write('3\n')
  await turn()
  t.strictSame(sink.texts, { first: '1\n2\n', second: '3\n' })
  t.strictSame(emitted.slice(2), ['drain', 'drain', 'ready', 'drain'], 'the first two are those of the writes')
})

t.test('lines that could not be written go to the file that the sink is moved to', async (t) => {
  const { stream, sink } = observedStream()
  sink.error = new Error('no room')
  stream.write('1\n')
  const { moveTo } = sink
  sink.moveTo = (file) => {
    moveTo.call(sink, file)
    sink.error = undefined
  }
  stream.reopen('second')
  stream.end('2\n')
  t.strictSame(sink.texts, { second: '1\n2\n' })
})

t.test('if the sink cannot be moved, reopen refuses a file, and works without one', async (t) => {
  const sink: LineSink = { write: (lines) => lines.length, close() {} }
  const { stream } = observedStream(sink)
  t.throws(() => stream.reopen('second'), {
    code: 'OPTION_INVALID',
    message: 'test: reopen(): expected no file, received "second"; build another stream for it',
  })
  stream.reopen()
  stream.reopen('')
  stream.reopen('SIGHUP') // as process.on('SIGHUP', stream.reopen.bind(stream)) calls it
  t.equal(stream.file, undefined)
})

t.test("end emits 'finish' and 'close' once; destroy writes the lines too and emits 'close'", async (t) => {
  const ended = observedStream(undefined, ['finish', 'close'])
  t.equal(ended.stream.destroyed, false)
  ended.stream.end('1\n')
  ended.stream.end()
  ended.stream.destroy(new Error('too late'))
  await ended.turn()
  t.strictSame(ended.emitted, ['finish', 'close'])
  t.strictSame([ended.stream.writable, ended.stream.destroyed], [false, true])

  const destroyed = observedStream(undefined, ['finish', 'close'])
  destroyed.stream.write('1\n')
  t.equal(destroyed.stream.destroy(), destroyed.stream)
  t.equal(destroyed.stream.destroyed, true)
  await destroyed.turn()
  t.strictSame(destroyed.emitted, ['close'])
  t.equal(destroyed.sink.texts.first, '1\n')
})

t.test(
  "destroy emits its error before 'close' only if there is a listener, so that it does not end the program",
  async (t) => {
    const error = new Error('the source failed')
    for (const events of [['error', 'close'], ['close']]) {
      const { stream, emitted, turn } = observedStream(undefined, events)
      stream.destroy(error)
      stream.destroy(error)
      await turn()
      t.strictSame(emitted, events.length > 1 ? [['error', error], 'close'] : ['close'])
    }
  },
)

t.test('flush takes a function or nothing', async (t) => {
  const { stream } = observedStream()
  stream.flush(null)
  stream.flush(undefined)
  t.throws(() => stream.flush('soon' as never), {
    code: 'OPTION_INVALID',
    message: 'test: flush(): expected a callback, received "soon"; give a function, or nothing',
  })
})
