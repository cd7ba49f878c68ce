import t from 'tap'
import { notedWriter } from './noted-sink.test-kit.ts'

t.test("fsync: 'flush' syncs at a flush, at a line of flushLevel, and at the end", async (t) => {
  for (const flushMs of [100, undefined]) {
    const { writer, calls, clock } = notedWriter({ fsync: 'flush', flushMs })
    writer.write('1\n', 30)
    clock.pass(2000)
    t.strictSame(calls, ['1\n'])
    writer.write('2\n', 50)
    t.strictSame(calls.splice(0), ['1\n', '2\n', 'sync'])
    writer.flush()
    t.strictSame(calls.splice(0), ['sync'])
    writer.flushSoon(() => calls.push('done'))
    t.strictSame(calls.splice(0), ['sync', 'done'])
    writer.end()
    t.strictSame(calls, ['sync'])
    t.equal(clock.timers, 0)
  }
})

t.test("fsync: 'interval' syncs later, once for all writes of the interval, and at the end", async (t) => {
  for (const flushMs of [100, undefined]) {
    const { writer, calls, clock } = notedWriter({ fsync: 'interval', fsyncMs: 500, flushMs })
    writer.write('1\n', 30)
    clock.pass(200)
    writer.write('2\n', 50)
    writer.flush()
    writer.flushSoon(() => {})
    clock.pass(200)
    t.strictSame(calls.splice(0), ['1\n', '2\n'])
    clock.pass(200)
    t.strictSame(calls.splice(0), ['sync soon'])
    clock.pass(5000)
    t.strictSame(calls, [], 'nothing is new')
    writer.write('3\n', 50)
    writer.end()
    t.strictSame(calls, ['3\n', 'sync'])
    t.equal(clock.timers, 0)
  }
})

t.test('the interval of syncs is a second by default, and without fsync nothing is synced', async (t) => {
  const { writer, calls, clock } = notedWriter({ fsync: 'interval' })
  writer.write('1\n', 50)
  clock.pass(999)
  t.strictSame(calls, ['1\n'])
  clock.pass(1)
  t.strictSame(calls, ['1\n', 'sync soon'])
  const other = notedWriter()
  other.writer.write('1\n', 50)
  other.writer.flush()
  other.clock.pass(10_000)
  other.writer.end()
  t.strictSame(other.calls, ['1\n'])
})
