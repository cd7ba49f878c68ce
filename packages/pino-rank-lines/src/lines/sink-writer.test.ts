import t from 'tap'
import { ManualClock } from '../system/manual-clock.test-kit.ts'
import type { Ack } from './batch-writer.ts'
import type { LineSink } from './line-sink.ts'
import { SinkWriter } from './sink-writer.ts'
import type { WriterThread } from './writer-thread.ts'

/** A sink whose writes take time, fail, or find it full. */
class TimedSink implements LineSink {
  ms = 0
  error: NodeJS.ErrnoException | undefined
  text = ''
  closes = 0
  readonly #clock: ManualClock

  constructor(clock: ManualClock) {
    this.#clock = clock
  }

  write(lines: Buffer): number {
    if (this.error) throw this.error
    this.#clock.pause(this.ms)
    this.text += lines
    return lines.length
  }

  isFull({ code }: NodeJS.ErrnoException): boolean {
    return code === 'EAGAIN'
  }

  close(): void {
    this.closes++
  }
}

/** A thread that acknowledges when the test says so. */
class ScriptedThread implements WriterThread {
  isBusy = false
  isClosed = false
  onAck: (ack: Ack) => void = () => {}
  onError: (error: Error) => void = () => {}
  lines = ''

  write(lines: Buffer): void {
    this.isBusy = true
    this.lines = String(lines)
  }

  ack(ms: number): void {
    this.isBusy = false
    this.onAck({ taken: this.lines.length, ms })
  }

  wait(): undefined {}
  takeBack = () => true
  reopen(): void {}
  rotate(): void {}
  close(): void {
    this.isClosed = true
  }
}

function forbidden(): never {
  throw new Error('no threads here')
}

function slowWriter(startThread?: () => WriterThread) {
  const clock = new ManualClock()
  const sink = new TimedSink(clock)
  const threads: ScriptedThread[] = []
  const errors: string[] = []
  const writer = new SinkWriter(sink, {
    clock,
    startThread:
      startThread ??
      (() => {
        threads.push(new ScriptedThread())
        return threads.at(-1) as WriterThread
      }),
    onNoThread: ({ message }) => errors.push(message),
  })
  const acks: Ack[] = []
  writer.onAck = (ack) => acks.push(ack)
  const submit = (line: string) => writer.submit(Buffer.from(`${line}\n`), false)
  return { writer, sink, threads, errors, acks, submit, clock }
}

/** Acknowledges writes of the thread, one each 100 ms, until the writer writes by itself again. Returns for how long. */
function ackUntilBack({ writer, threads, submit, clock }: ReturnType<typeof slowWriter>): number {
  const startedAt = clock.now()
  while (!writer.isSync) {
    submit('x')
    clock.pass(100)
    threads.at(-1)?.ack(1)
  }
  return clock.now() - startedAt
}

t.test('one write that takes long moves the sink to a thread; short ones do not', async (t) => {
  const { writer, sink, threads, submit } = slowWriter()
  sink.ms = 19
  for (let i = 0; i < 9; i++) t.strictSame(submit('1'), { taken: 2 })
  t.equal(writer.isSync, true)
  sink.ms = 50
  t.strictSame(submit('1'), { taken: 2 })
  t.equal(writer.isSync, false)
  t.equal(submit('2'), undefined)
  t.strictSame([threads.length, threads[0]?.lines, sink.closes], [1, '2\n', 1])
})

t.test('where no thread can be started, a busy sink is not measured', async (t) => {
  let reads = 0
  const clock = Object.assign(new ManualClock(), { threadTimes: () => ({ waitedMs: reads++, systemMs: 0 }) })
  for (const startThread of [undefined, forbidden]) {
    const writer = new SinkWriter(new TimedSink(clock), { clock, startThread, onNoThread() {} })
    const write = () => writer.submit(Buffer.alloc(2 ** 16, '1\n'), false)
    for (let i = 0; i < 300; i++, clock.pass(10)) write()
    reads = 0
    for (let i = 0; i < 300; i++, clock.pass(10)) write()
    t.equal(reads, 0)
  }
})

t.test('a sink that may keep its file open is released to the thread, and closed by a reopen', async (t) => {
  const { writer, sink, submit } = slowWriter()
  let releases = 0
  Object.assign(sink, { release: () => releases++ })
  sink.ms = 50
  submit('1')
  t.strictSame([releases, sink.closes], [1, 0])
  writer.reopen()
  t.equal(sink.closes, 1)
})

t.test('writes of 10 ms that leave no time for anything else move it within two seconds', async (t) => {
  const { writer, sink, submit, clock } = slowWriter()
  sink.ms = 10
  while (writer.isSync && clock.now() < 60_000) submit('1')
  t.ok(clock.now() <= 2000, `${clock.now()} ms`)
})

t.test(
  'a sink that is fast again comes back after two seconds; if it is slow again soon, after twice as long',
  async (t) => {
    const bench = slowWriter()
    const { writer, sink, threads, submit, clock } = bench
    for (const [expected, pause] of [
      [2000, 1000],
      [4000, 1000],
      [8000, 100_000],
      [2000, 0],
    ] as const) {
      sink.ms = 50
      submit('1')
      t.equal(writer.isSync, false)
      const ms = ackUntilBack(bench)
      t.ok(ms >= expected && ms <= expected + 300, `${ms} ms`)
      t.equal(threads.at(-1)?.isClosed, true)
      sink.ms = 0
      t.strictSame(submit('2'), { taken: 2 })
      clock.pass(pause)
    }
  },
)

t.test('a slow write of the thread begins the two seconds anew', async (t) => {
  const { writer, sink, threads, submit, clock } = slowWriter()
  sink.ms = 50
  submit('1')
  for (let i = 0; i < 100; i++) {
    submit('x')
    clock.pass(100)
    threads[0]?.ack(i % 15 === 0 ? 50 : 1)
  }
  t.equal(writer.isSync, false)
})

t.test('if a thread cannot be started, the sink stays, and it is reported once', async (t) => {
  const { writer, sink, errors, submit } = slowWriter(forbidden)
  sink.ms = 100
  for (let i = 0; i < 5; i++) t.strictSame(submit('1'), { taken: 2 })
  t.strictSame([writer.isSync, errors], [true, ['no threads here']])
})

t.test('if the thread fails, its batch is to be submitted again, here', async (t) => {
  const { writer, sink, threads, errors, acks, submit } = slowWriter()
  sink.ms = 50
  submit('1')
  submit('2')
  threads[0]?.onError(new Error('module not found'))
  t.strictSame([acks, errors, writer.isSync], [[{ taken: 0 }], ['module not found'], true])
  sink.ms = 100
  submit('2')
  t.strictSame([sink.text, writer.isSync, threads.length], ['1\n2\n', true, 1], 'and no other thread is started')
})

t.test('an error of a thread that was left is not one of the present thread', async (t) => {
  const bench = slowWriter()
  const { writer, sink, threads, errors, acks, submit } = bench
  sink.ms = 50
  submit('1')
  ackUntilBack(bench)
  submit('2')
  const before = acks.length
  threads[0]?.onError(new Error('late'))
  t.strictSame([errors, acks.length, threads.length, writer.isSync], [[], before, 2, false])
})

t.test('a batch that the thread has not begun is taken back at the end, and no other thread is started', async (t) => {
  const { writer, sink, threads, submit } = slowWriter()
  sink.ms = 50
  submit('1')
  submit('2')
  t.equal(writer.takeBack(), true)
  t.strictSame([writer.isSync, threads[0]?.isClosed], [true, true])
  submit('2')
  t.strictSame([writer.isSync, threads.length], [true, 1])
  const late = slowWriter()
  late.writer.close()
  late.sink.ms = 50
  t.strictSame([late.submit('1'), late.threads], [{ taken: 2 }, []])
})

t.test('a full sink: its batch is tried until it is taken, and nobody waits', async (t) => {
  const { writer, sink, acks, errors, submit, clock } = slowWriter()
  sink.error = Object.assign(new Error('EAGAIN'), { code: 'EAGAIN' })
  t.strictSame(submit('1'), { taken: 0 })
  t.equal(writer.isSync, false)
  t.equal(submit('1'), undefined)
  const before = clock.now()
  t.equal(writer.wait(50), undefined)
  t.equal(clock.now() - before, 50)
  clock.pass(1000)
  t.strictSame(acks, [])
  sink.error = undefined
  clock.pass(20)
  t.strictSame([acks, sink.text, writer.isSync, errors], [[{ taken: 2 }], '1\n', true, []])
  t.equal(clock.timers, 0)
})

t.test('a full sink that fails for another reason acknowledges with the error', async (t) => {
  const { writer, sink, acks, submit, clock } = slowWriter()
  sink.error = Object.assign(new Error('EAGAIN'), { code: 'EAGAIN' })
  submit('1')
  submit('1')
  sink.error = Object.assign(new Error('EPIPE'), { code: 'EPIPE' })
  clock.pass(20)
  t.match(acks, [{ taken: 0, error: { code: 'EPIPE' } }])
  t.equal(writer.isSync, true)
})
