import fc from 'fast-check'
import { LineWriter, type LineWriterOptions } from 'pino-rank-lines'
import t from 'tap'
import { AppendFile } from '../../packages/pino-rank-file/dist/append/append-file.js'
import { SlowWriterThread } from '../../packages/pino-rank-lines/dist/lines/slow-writer-thread.test-kit.js'
import { ManualClock } from '../../packages/pino-rank-lines/dist/system/manual-clock.test-kit.js'
import { SlowDisk } from '../../packages/pino-rank-lines/dist/system/slow-disk.test-kit.js'

const place = { path: '/data/train.log', mkdir: true, mode: 0o640 }
const line = (n: number) => `{"n":${String(n).padStart(91, '0')}}\n` // 98 bytes
const slowFrom = 10 // the line in flight and the nine that fit into the outbox

const lineMs = 400

/** Creates a writer to a disk that takes `lineMs` a line. `timed` returns how long a call took. */
function slowWriter(options: Partial<LineWriterOptions> = {}, bytesPerMs = 98 / lineMs) {
  const clock = new ManualClock()
  const disk = new SlowDisk(bytesPerMs, clock)
  const reports: string[] = []
  const threads: SlowWriterThread[] = []
  const writer = new LineWriter(new AppendFile(place, { disk, clock }), {
    name: 'test',
    flushBytes: 1,
    flushMs: 100,
    flushLevel: 50,
    queueBytes: 980,
    clock,
    startThread: () => {
      threads.push(new SlowWriterThread(disk, clock))
      return threads.at(-1) as SlowWriterThread
    },
    report: (line) => reports.push(line),
    ...options,
  })
  const timed = (write: () => void) => {
    const began = clock.now()
    write()
    return clock.now() - began
  }
  return { writer, disk, clock, reports, threads, timed }
}

const numbers = (text: string) => [...text.matchAll(/"n":(\d+)/g)].map(([, n]) => Number(n))
const range = (length: number) => Array.from({ length }, (_, n) => n)

t.test('one slow write starts a writer thread, and later calls do not wait', (t) => {
  const { writer, threads, timed, disk, clock } = slowWriter()
  const costs = range(slowFrom).map((n) => timed(() => writer.write(line(n))))
  t.equal(threads.length, 1)
  t.strictSame(
    costs,
    range(slowFrom).map((n) => (n === 0 ? lineMs : 0)),
    'only the first call waits',
  )
  clock.pass(slowFrom * lineMs)
  t.strictSame(numbers(disk.text), range(slowFrom))
  t.end()
})

t.test('block: a call waits for room, no line is lost, and the order stays', (t) => {
  const { writer, disk, reports, timed } = slowWriter()
  const costs = range(100).map((n) => timed(() => writer.write(line(n))))
  t.ok(Math.max(...costs) <= lineMs, 'a call waits for one line at most')
  writer.end()
  t.strictSame(numbers(disk.text), range(100))
  t.strictSame([writer.stats().drops, reports], [0, []])
  t.end()
})

t.test('block: when a disk hangs, one call waits blockMs, and later lines are dropped', (t) => {
  const { writer, disk, clock, reports, timed } = slowWriter({ blockMs: 700, extraFields: { rank: 3 } })
  for (const n of range(slowFrom)) writer.write(line(n))
  disk.bytesPerMs = 0
  clock.pass(lineMs)
  const costs = range(100).map((n) => timed(() => writer.write(line(slowFrom + n))))
  t.strictSame(
    costs.filter((ms) => ms > 0),
    [700],
  )
  t.ok(writer.stats().drops >= 89)
  t.equal(
    timed(() => writer.end()),
    10_000,
    'end waits ten seconds at most',
  )
  t.match(reports, [/^test: \d+ lines lost: no more could be written$/])
  t.end()
})

t.test('drop: no call waits, and a record in the log counts the dropped lines', (t) => {
  const { writer, disk, clock, reports, timed } = slowWriter({ overflow: 'drop', extraFields: { rank: 3 } })
  const costs = range(100).map((n) => timed(() => writer.write(line(n))))
  t.strictSame(new Set(costs.slice(5)), new Set([0]))
  clock.pass(60_000)
  writer.write(line(100))
  writer.end()
  const { drops } = writer.stats()
  t.ok(drops > 0)
  t.equal(numbers(disk.text).length + drops, 101)
  t.equal(numbers(disk.text).at(-1), 100)
  const [record, ...more] = disk.text.split('\n').filter((text) => text.includes('"drops"'))
  t.strictSame(more, [])
  t.match(JSON.parse(record as string), {
    level: 40,
    rank: 3,
    drops,
    msg: `test: ${drops} lines dropped here: lines came faster than they could be written`,
  })
  t.strictSame(reports, [])
  t.end()
})

t.test('an error waits for a slow disk with block, and so survives a kill; with drop it does not wait', (t) => {
  for (const [overflow, cost] of [
    ['block', (slowFrom - 1) * lineMs],
    ['drop', 0],
  ] as const) {
    const { writer, timed } = slowWriter({ overflow, queueBytes: 2 ** 20, blockMs: 10_000 })
    for (const n of range(slowFrom)) writer.write(line(n))
    t.equal(timed(() => writer.write('{"level":50}\n')) >= cost, true, overflow)
    if (overflow === 'drop') t.equal(writer.stats().lines, 1)
    else t.equal(writer.stats().lines, slowFrom + 1)
  }
  t.end()
})

t.test('flush waits for a slow disk, flushSoon calls back', (t) => {
  const { writer, disk, clock } = slowWriter()
  for (const n of range(slowFrom)) writer.write(line(n))
  let calls = 0
  writer.flushSoon((fault) => {
    t.notOk(fault)
    calls++
  })
  t.equal(calls, 0)
  clock.pass(slowFrom * lineMs)
  t.equal(calls, 1)
  writer.write(line(slowFrom))
  t.notOk(writer.flush())
  t.strictSame(numbers(disk.text), range(slowFrom + 1))
  t.end()
})

t.test('a writer thread calls fsync before a flush returns, and at each interval', (t) => {
  const { writer, clock, threads } = slowWriter({ fsync: 'flush', blockMs: 10_000 })
  for (const n of range(slowFrom)) writer.write(line(n))
  const [thread] = threads as [SlowWriterThread]
  t.equal(thread.syncs, 0)
  writer.flush()
  t.equal(thread.syncs, 1)
  writer.write('{"level":50}\n')
  t.equal(thread.syncs, 2)

  const other = slowWriter({ fsync: 'interval', fsyncMs: 5000 })
  for (const n of range(slowFrom)) other.writer.write(line(n))
  other.clock.pass(6000)
  t.equal(other.threads[0]?.syncs, 1)
  clock.pass(0)
  t.end()
})

t.test('when a disk turns slow and fast again, threads start and end, and no line is lost or late', (t) => {
  const { writer, disk, clock, threads, reports } = slowWriter({ queueBytes: 2 ** 16 })
  let count = 0
  for (const bytesPerMs of [98, 98 / lineMs, 98, 98 / lineMs, 98, 98 / lineMs, 98]) {
    disk.bytesPerMs = bytesPerMs
    for (let i = 0; i < 600; i++) {
      writer.write(line(count++))
      clock.pass(50)
    }
  }
  t.equal(threads.length, 3, 'one each time that it turned slow')
  const before = clock.now()
  writer.write(line(count++))
  t.equal(clock.now() - before, 1, 'at the end the calling thread writes')
  writer.end()
  t.strictSame(numbers(disk.text), range(count))
  t.strictSame([writer.stats().drops, reports], [0, []])
  t.end()
})

t.test('at any disk speed and queue size, each line is written in order or counted as dropped', (t) => {
  const speeds = fc.array(fc.double({ min: 0.2, max: 50, noNaN: true }), { minLength: 1, maxLength: 20 })
  const overflow = fc.constantFrom('block' as const, 'drop' as const)
  fc.assert(
    fc.property(speeds, overflow, fc.integer({ min: 98, max: 2000 }), (speeds, overflow, queueBytes) => {
      const { writer, disk, clock } = slowWriter({ overflow, queueBytes, blockMs: 50 })
      for (const n of range(60)) {
        disk.bytesPerMs = speeds[n % speeds.length] as number
        writer.write(line(n))
        clock.pass(20)
      }
      disk.bytesPerMs = 1000
      writer.end(60_000)
      const found = numbers(disk.text)
      const ordered = found.every((n, at) => at === 0 || n > (found[at - 1] as number))
      return ordered && found.length + writer.stats().drops === 60
    }),
  )
  t.end()
})
