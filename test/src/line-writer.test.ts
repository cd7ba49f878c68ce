import fc from 'fast-check'
import { type LineSink, LineWriter, type LineWriterOptions } from 'pino-rank-lines'
import t from 'tap'
import { AppendFile } from '../../packages/pino-rank-file/dist/append/append-file.js'
import { FullDisk } from '../../packages/pino-rank-lines/dist/system/full-disk.test-kit.js'
import { ManualClock } from '../../packages/pino-rank-lines/dist/system/manual-clock.test-kit.js'
import { ShortWriter } from '../../packages/pino-rank-lines/dist/system/short-writer.test-kit.js'
import { SyncedDisk } from '../../packages/pino-rank-lines/dist/system/synced-disk.test-kit.js'

const place = { path: '/data/train.log', mkdir: true, mode: 0o640 }

function writerTo(disk: ShortWriter, options: Partial<LineWriterOptions> = {}, more: Partial<LineSink> = {}) {
  const clock = new ManualClock()
  const reports: string[] = []
  const writer = new LineWriter(Object.assign(new AppendFile(place, { disk, clock }), more), {
    name: 'test',
    flushBytes: 64,
    flushMs: 100,
    flushLevel: 50,
    clock,
    report: (line) => reports.push(line),
    ...options,
  })
  return { writer, clock, reports }
}

/** Lines that differ from fragments: each starts and ends with a brace, and has no other brace. */
const line = fc.string({ unit: 'grapheme', maxLength: 40 }).map((text) => `{${text.replace(/[\n{}]/g, '')}}`)
const lines = fc.array(line, { maxLength: 40 })
const isWhole = (text: string) => /^\{[^{}]*\}$/.test(text)

/** Divides a text or bytes at the given offsets. */
function pieces<T extends string | Buffer>(bytes: T, cuts: number[]): T[] {
  const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
  return at.slice(1).map((end, i) => (bytes as Buffer).subarray?.(at[i], end) ?? bytes.slice(at[i], end)) as T[]
}

t.test('the output is equal to the input, in whatever chunks of text or bytes it comes', (t) => {
  const cuts = fc.array(fc.nat(2000), { maxLength: 60 })
  const anyLines = fc.array(fc.oneof(line, fc.constant('')), { maxLength: 40 })
  fc.assert(
    fc.property(anyLines, cuts, fc.boolean(), fc.integer({ min: 1, max: 300 }), (lines, cuts, binary, flushBytes) => {
      const disk = new ShortWriter()
      const { writer } = writerTo(disk, { flushBytes })
      const text = lines.map((line) => `${line}\n`).join('')
      for (const chunk of binary ? pieces(Buffer.from(text), cuts) : pieces(text, cuts)) writer.write(chunk)
      writer.end()
      return disk.text === text && writer.stats().lines === lines.length
    }),
  )
  t.end()
})

t.test('after any pattern of short writes, the output without fragments is equal to the input', (t) => {
  const pattern = fc.array(fc.integer({ min: 0, max: 90 }), { maxLength: 40 })
  fc.assert(
    fc.property(lines, pattern, fc.integer({ min: 1, max: 300 }), (lines, pattern, flushBytes) => {
      const disk = new ShortWriter(pattern)
      const { writer } = writerTo(disk, { flushBytes })
      for (const line of lines) writer.write(`${line}\n`)
      writer.end()
      const whole = disk.text.split('\n').filter(isWhole)
      return whole.join('\n') === lines.join('\n') && writer.stats().drops === 0
    }),
    { numRuns: 1000 },
  )
  t.end()
})

t.test('a disk that is full several times loses no line, and is reported once', (t) => {
  const room = fc.array(fc.nat(200), { minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(lines, room, (lines, room) => {
      const disk = new FullDisk(0)
      const { writer, clock, reports } = writerTo(disk)
      for (const [i, line] of lines.entries()) {
        writer.write(`${line}\n`)
        disk.room = room[i % room.length] ?? 0
        clock.pass(60)
      }
      disk.room = Infinity
      clock.pass(5000)
      writer.end()
      const whole = disk.text.split('\n').filter(isWhole)
      return whole.join('\n') === lines.join('\n') && reports.length <= 1
    }),
  )
  t.end()
})

t.test('a batch is written by its size, its age, its level, and by flush', (t) => {
  const disk = new ShortWriter()
  const { writer, clock } = writerTo(disk)
  writer.write('{"level":30}\n')
  t.equal(disk.text, '', 'a young line is buffered')
  clock.pass(99)
  t.equal(disk.text, '')
  clock.pass(1)
  t.equal(disk.text, '{"level":30}\n', 'age')
  t.equal(clock.timers, 0, 'without a buffered line there is no timer')
  writer.write(`{"level":30,"msg":"${'x'.repeat(64)}"}\n`)
  t.equal(disk.writes, 2, 'size')
  writer.write('{"level":30}\n{"lev')
  writer.write('el":50}\n')
  t.equal(disk.writes, 3, 'level, from the text')
  writer.write('{"level":30}\n', 50)
  t.equal(disk.writes, 4, 'level, from the argument')
  writer.write('{"level":50}\n', 30)
  t.equal(disk.writes, 4, 'the argument overrides the text')
  writer.write('a tail')
  writer.flush()
  t.match(disk.text, /\n$/, 'an incomplete line is not written by flush')
  writer.end()
  t.match(disk.text, /\na tail\n$/, 'the end completes it')
  t.end()
})

t.test('a line of 64 MiB in many chunks is written once', (t) => {
  const disk = new ShortWriter()
  const { writer } = writerTo(disk)
  for (let i = 0; i < 64 * 1024; i++) writer.write('x'.repeat(1024))
  writer.write('\n')
  writer.end()
  t.equal(disk.text.length, 64 * 2 ** 20 + 1)
  t.same(writer.stats(), { lines: 1, bytes: 64 * 2 ** 20 + 1, flushes: 1, drops: 0, errors: 0 })
  t.end()
})

t.test('while the disk fails, the queue is bounded and the newest lines are dropped', (t) => {
  const disk = new FullDisk(0)
  const { writer, clock, reports } = writerTo(disk, { queueBytes: 100, extraFields: { rank: 3 } })
  for (let i = 10; i < 40; i++) writer.write(`{"n":${i}}\n`)
  t.ok(writer.flush() instanceof Error)
  t.equal(writer.stats().drops, 19)
  disk.room = Infinity
  clock.pass(5000)
  writer.end()
  const written = disk.text.split('\n').filter(Boolean)
  t.strictSame(
    written.slice(0, 11),
    Array.from({ length: 11 }, (_, i) => `{"n":${i + 10}}`),
    'the oldest',
  )
  t.match(
    written.slice(11).map((line) => JSON.parse(line)),
    [{ level: 40, time: Number, rank: 3, drops: 19, msg: 'test: 19 lines dropped here: ENOSPC: no room, write' }],
  )
  t.strictSame(reports, [
    'test: ENOSPC: no room, write; make room on the disk; lines wait in memory and are written when it works again; beyond 100 bytes the newest are dropped',
  ])
  t.end()
})

t.test('while the disk fails, retries back off up to five seconds', (t) => {
  const disk = new FullDisk(0, 'EIO')
  const { writer, clock } = writerTo(disk)
  writer.write('{}\n', 50)
  clock.pass(60_000)
  t.equal(writer.stats().errors, 1 + 5 + 11, '100, 200, … 3200 ms, then each 5 s')
  t.end()
})

t.test('end retries for a second, and then reports the lost lines', (t) => {
  const { writer, clock, reports } = writerTo(new FullDisk(0, 'EDQUOT'))
  writer.write('{}\n{}\n')
  const before = clock.now()
  writer.end()
  t.equal(clock.now() - before, 1000)
  t.match(reports, ['test: EDQUOT', 'test: 2 lines lost: EDQUOT'])
  t.end()
})

t.test('after a permanent error there is no retry and no report, and lines are counted as dropped', (t) => {
  const { writer, clock, reports } = writerTo(
    new FullDisk(0, 'EPIPE'),
    {},
    { isPermanent: ({ code }) => code === 'EPIPE' },
  )
  for (let i = 0; i < 100; i++) writer.write('{"level":50}\n')
  writer.end()
  t.same(writer.stats(), { lines: 0, bytes: 0, flushes: 0, drops: 100, errors: 1 })
  t.strictSame(reports, [])
  t.equal(clock.timers, 0)
  t.end()
})

t.test('if every write is short, the writer reports a fault and does not loop', (t) => {
  const disk = new ShortWriter(Array(100).fill(1))
  const { writer, reports } = writerTo(disk)
  writer.write('{"level":50}\n')
  t.match(reports, ['test: every write is short: make room on the disk'])
  t.equal(writer.stats().drops, 0)
  t.end()
})

t.test('fsync interval: lines are synced after each interval, and at the end', (t) => {
  const disk = new SyncedDisk()
  const { writer, clock } = writerTo(disk, { fsync: 'interval', fsyncMs: 1000 })
  writer.write('{1}\n')
  clock.pass(2000)
  t.strictSame(disk.synced, ['{1}\n'])
  writer.write('{2}\n')
  writer.end(0)
  t.strictSame(disk.synced, ['{1}\n', '{1}\n{2}\n'])
  t.equal(clock.timers, 0)
  writer.end(0)
  t.equal(disk.synced.length, 2, 'without new lines there is no sync')
  t.end()
})

t.test('fsync interval: a line that was buffered while the disk failed is synced at the end too', (t) => {
  const disk = new SyncedDisk()
  const { writer } = writerTo(disk, { fsync: 'interval', fsyncMs: 60_000 })
  writer.write('{1}\n{2')
  writer.end(0)
  t.strictSame(disk.synced, ['{1}\n{2\n'])
  t.end()
})

t.test('fsync syncs lines that are written in their call: at flushLevel, at an interval, and on flush', (t) => {
  const direct = { flushMs: undefined as never, fsyncMs: 1000 }
  const disk = new SyncedDisk()
  const { writer } = writerTo(disk, { ...direct, fsync: 'flush' })
  writer.write('{1}\n', 30)
  writer.write('{2}\n', 30)
  t.strictSame([disk.pieces, disk.synced], [['{1}\n', '{2}\n'], []], 'each is a write of its own, without a sync')
  writer.flush()
  writer.write('{3}\n', 30)
  writer.write('{4}\n', 50)
  t.strictSame(disk.synced, ['{1}\n{2}\n', '{1}\n{2}\n{3}\n{4}\n'])
  writer.write('{5}\n', 30)
  writer.flushSoon(() => {})
  t.strictSame(disk.synced.slice(2), ['{1}\n{2}\n{3}\n{4}\n{5}\n'])

  const interval = new SyncedDisk()
  const other = writerTo(interval, { ...direct, fsync: 'interval' })
  for (const text of ['{1}\n', '{2}\n']) other.writer.write(text, 30)
  other.clock.pass(1000)
  other.writer.write('{3}\n', 30)
  other.clock.pass(1000)
  t.strictSame(interval.synced, ['{1}\n{2}\n', '{1}\n{2}\n{3}\n'])
  t.strictSame(interval.calls, ['soon', 'soon'])
  t.end()
})
