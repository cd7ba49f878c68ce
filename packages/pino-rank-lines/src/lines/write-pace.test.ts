import t from 'tap'
import { ManualClock } from '../system/manual-clock.test-kit.ts'
import { SlowDisk } from '../system/slow-disk.test-kit.ts'
import type { LineSink } from './line-sink.ts'
import { LineWriter } from './line-writer.ts'
import { SlowWriterThread } from './slow-writer-thread.test-kit.ts'

function eagerWriter() {
  const clock = new ManualClock()
  const writes: string[] = []
  const sink: LineSink = {
    write: (lines) => {
      writes.push(String(lines))
      return lines.length
    },
    close() {},
  }
  const writer = new LineWriter(sink, { name: 'test', flushBytes: 65_536, flushLevel: 50, clock })
  const log = (count: number) => {
    for (let i = 0; i < count; i++) writer.write('{"level":30}\n', 30)
  }
  const written = () => writes.join('').split('\n').length - 1
  return { clock, writes, writer, log, written }
}

t.test('while lines are few, each is written in the call that logs it', async (t) => {
  const { clock, writes, log } = eagerWriter()
  for (let i = 1; i <= 500; i++) {
    log(1)
    t.equal(writes.length, i)
    clock.pass(1)
  }
  t.equal(clock.timers, 0)
})

t.test('64 lines at once are written in their calls, more of them in batches', async (t) => {
  const { clock, writes, log, written } = eagerWriter()
  log(64)
  t.equal(writes.length, 64)
  log(936)
  t.equal(written(), 64)
  clock.pass(0)
  t.strictSame([written(), writes.length], [1000, 65], 'the rest is written when the event loop turns')
})

t.test('a batch is written when it is full, and when it is old, while the event loop is blocked', async (t) => {
  const { clock, writes, log, written } = eagerWriter()
  log(64 + Math.ceil(65_536 / 13))
  t.strictSame([writes.length, written() > 5000], [65, true], 'full')
  log(100)
  const before = written()
  clock.pause(4)
  log(8)
  t.ok(written() >= before + 100, 'old')
})

t.test('a batch does not exceed its size, however long its lines are', async (t) => {
  for (const length of [10, 1000, 1024, 1025, 30_000]) {
    const { writes, writer, log } = eagerWriter()
    log(64)
    const line = `${'x'.repeat(length - 1)}\n`
    for (let bytes = 0; bytes < 65_536; bytes += length) writer.write(line, 30)
    t.equal(writes.length, 65, `${length}`)
  }
})

t.test('a line at flushLevel is written with all before it, at any place in a batch', async (t) => {
  for (let before = 0; before < 20; before++) {
    const { writer, log, written } = eagerWriter()
    log(64 + before)
    writer.write('{"level":50}\n', 50)
    t.equal(written(), 64 + before + 1, `${before} lines before`)
  }
})

t.test('an event loop that turns very often does not write at each turn', async (t) => {
  const { clock, writes, log, written } = eagerWriter()
  log(64)
  for (let i = 0; i < 10_000; i++) {
    log(1)
    clock.pass(0.01)
  }
  t.ok(writes.length < 64 + 64 + 100 + 50, `${writes.length} writes in 100 ms`)
  clock.pass(4)
  t.equal(written(), 10_064)
})

t.test('a sink on its writer thread gets the lines of a turn as one batch, also where they are few', async (t) => {
  const clock = new ManualClock()
  const disk = new SlowDisk(0.2, clock)
  const thread = new RecordedThread(disk, clock)
  const sink: LineSink = { write: (lines) => disk.write(3, lines), close() {} }
  const options = { name: 'test', flushBytes: 65_536, flushLevel: 50, clock, startThread: () => thread }
  const writer = new LineWriter(sink, options)
  writer.write('{"level":30}\n', 30)
  disk.bytesPerMs = 100
  for (let turn = 0; turn < 10; turn++) {
    for (let i = 0; i < 10; i++) writer.write('{"level":30}\n', 30)
    t.equal(thread.batches.length, turn)
    clock.pass(10)
  }
  t.strictSame(thread.batches, Array(10).fill(130))
})

class RecordedThread extends SlowWriterThread {
  readonly batches: number[] = []

  override write(lines: Buffer, sync: boolean): void {
    this.batches.push(lines.length)
    super.write(lines, sync)
  }
}
