import t from 'tap'
import { ManualClock } from '../system/manual-clock.test-kit.ts'
import { SinkWriter } from './sink-writer.ts'
import { ackUntilBack, forbidden, ScriptedThread, slowWriter, TimedSink } from './slow-writer.test-kit.ts'

t.test('one slow write moves the sink to a thread; fast ones do not', async (t) => {
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

t.test('a sink that is moved moves its thread, and a thread that starts later', async (t) => {
  const { writer, sink, threads, submit } = slowWriter()
  sink.ms = 50
  submit('1')
  writer.reopen('second.log')
  t.strictSame([sink.movedTo, threads[0]?.movedTo], ['second.log', 'second.log'])

  const late = slowWriter()
  late.writer.reopen('second.log')
  late.sink.ms = 50
  late.submit('1')
  t.equal(late.threads[0]?.movedTo, 'second.log')
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

t.test('a slow write of the thread restarts the two seconds', async (t) => {
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

t.test(
  'if a thread cannot be started, writes stay on the calling thread, and the error is reported once',
  async (t) => {
    const { writer, sink, errors, submit } = slowWriter(forbidden)
    sink.ms = 100
    for (let i = 0; i < 5; i++) t.strictSame(submit('1'), { taken: 2 })
    t.strictSame([writer.isSync, errors], [true, ['no threads here']])
  },
)

t.test('a thread that cannot be started yet is started at the next slow write', async (t) => {
  let calls = 0
  const { writer, sink, errors, submit } = slowWriter(() => (++calls === 3 ? new ScriptedThread() : undefined))
  sink.ms = 50
  for (const isSync of [true, true, false]) {
    t.strictSame(submit('1'), { taken: 2 })
    t.equal(writer.isSync, isSync)
  }
  t.strictSame([sink.text, calls, errors], ['1\n1\n1\n', 3, []])
})

t.test('if the thread fails, its batch is submitted again on the calling thread', async (t) => {
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

t.test('an error of an earlier thread does not affect the present one', async (t) => {
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

t.test('a batch that was given up while the thread writes it is not overwritten by the next', async (t) => {
  const { writer, sink, threads, submit } = slowWriter()
  sink.ms = 50
  submit('1')
  submit('2')
  t.match(submit('3'), { taken: 0, error: { message: /does not return/ } })
  t.equal(threads[0]?.lines, '2\n')
  threads[0]?.ack(1)
  t.equal(submit('3'), undefined)
  t.equal(writer.isSync, false)
})

t.test(
  'a sync follows the batch on the calling thread, and is left out if the batch was written in part',
  async (t) => {
    const { writer, sink } = slowWriter()
    const calls: string[] = []
    const sync = (done?: (error: Error | null) => void) => {
      calls.push(done ? 'sync soon' : 'sync')
      done?.(null)
    }
    const write = (lines: Buffer) => {
      calls.push(`${lines}`)
      return Math.min(lines.length, 2)
    }
    Object.assign(sink, { sync, write })
    writer.submit(Buffer.from('1\n'), true)
    writer.submit(Buffer.from('2\n'), false)
    writer.submit(Buffer.from('3\n4\n'), true)
    writer.submit(Buffer.alloc(0), true)
    t.strictSame(calls.splice(0), ['1\n', 'sync', '2\n', '3\n4\n', 'sync'])
    t.equal(
      writer.syncSoon((error) => calls.push(`${error}`)),
      true,
    )
    t.strictSame(calls, ['sync soon', 'null'])
  },
)

t.test('while a thread writes, it syncs, rotates and reopens the file', async (t) => {
  const { writer, sink, threads, submit } = slowWriter()
  const calls: string[] = []
  Object.assign(sink, { rotate: () => calls.push('sink rotates'), sync: () => calls.push('sink syncs') })
  writer.rotate()
  sink.ms = 50
  submit('1')
  Object.assign(threads[0] as ScriptedThread, {
    rotate: () => calls.push('thread rotates'),
    reopen: () => calls.push('thread reopens'),
  })
  writer.rotate()
  writer.reopen()
  t.equal(
    writer.syncSoon(() => {}),
    false,
  )
  t.strictSame(calls, ['sink rotates', 'thread rotates', 'thread reopens'])
})
