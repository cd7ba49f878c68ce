import t from 'tap'
import { notedWriter } from './noted-sink.test-kit.ts'

/** Returns a line of this number of bytes. */
const line = (bytes: number) => `${'x'.repeat(bytes - 1)}\n`

t.test('a batch is written when it has flushBytes, and the rest stays', async (t) => {
  const { writer, calls } = notedWriter()
  writer.write(line(19), 30)
  t.strictSame(calls, [])
  writer.write('\n', 30)
  t.strictSame(calls, [`${line(19)}\n`])
  writer.write(line(12), 30)
  writer.write(line(13), 30)
  t.strictSame(calls.splice(1), [line(12)], 'both are too long for one batch')
  writer.write(line(20), 30)
  t.strictSame(calls.splice(1), [line(13), line(20)])
  writer.write(line(9), 30)
  writer.write(line(45), 30)
  t.strictSame(calls.splice(1), [line(9), line(45)])
})

t.test('a line is written when it is flushMs old', async (t) => {
  const { writer, calls, clock } = notedWriter()
  writer.write('1\n', 30)
  clock.pass(60)
  writer.write('2\n', 30)
  clock.pass(39)
  t.strictSame(calls, [])
  clock.pass(1)
  t.strictSame(calls, ['1\n2\n'])
  t.equal(clock.timers, 0)
  writer.write('3\n', 30)
  clock.pass(100)
  t.strictSame(calls, ['1\n2\n', '3\n'])
})

t.test('a line of flushLevel is written at once, with those before it', async (t) => {
  for (const isLevelKnown of [true, false]) {
    const { writer, calls } = notedWriter({ flushBytes: 65_536 })
    const write = (level: number, more = '') =>
      writer.write(`{"level":${level}${more}}\n`, isLevelKnown ? level : undefined)
    for (let i = 0; i < 4; i++) write(49)
    t.strictSame(calls, [])
    write(50)
    t.strictSame(calls, [`${'{"level":49}\n'.repeat(4)}{"level":50}\n`], `level known: ${isLevelKnown}`)
    write(60)
    write(30)
    t.equal(calls[1], '{"level":60}\n')
    t.equal(calls.length, 2)
  }
})

t.test('many lines between two checks do not make a batch too long', async (t) => {
  for (const bytes of [100, 1000, 1024, 1025, 3000]) {
    const { writer, calls } = notedWriter({ flushBytes: 10_000 })
    for (let i = 0; i < 300; i++) writer.write(line(bytes), 30)
    writer.end()
    t.equal(calls.join(''), line(bytes).repeat(300))
    const perBatch = Math.floor(10_000 / bytes)
    const counts = calls.map((lines) => lines.length / bytes)
    t.strictSame(counts, [
      ...Array(Math.floor(300 / perBatch)).fill(perBatch),
      ...(300 % perBatch ? [300 % perBatch] : []),
    ])
  }
})

t.test('an unfinished line waits for its end, however long it is, and for the end of the writer', async (t) => {
  const { writer, calls, clock } = notedWriter()
  for (let i = 0; i < 10; i++) writer.write('0123456789', 30)
  clock.pass(1000)
  t.strictSame(calls, [])
  t.equal(writer.isIdle, true)
  writer.write('\n', 30)
  clock.pass(1000)
  t.strictSame(calls, [`${'0123456789'.repeat(10)}\n`])
  writer.write('unfinished', 30)
  writer.end()
  t.strictSame(calls.slice(1), ['unfinished\n'])
  t.match(writer.stats(), { lines: 2, bytes: 112, flushes: 2, drops: 0, errors: 0 })
})

t.test('bytes that end within a character are completed by the next ones, or replaced at the end', async (t) => {
  const { writer, calls } = notedWriter()
  const bytes = Buffer.from('ä')
  writer.write(bytes.subarray(0, 1))
  writer.write(bytes.subarray(1))
  writer.write(bytes.subarray(0, 1))
  writer.end()
  t.strictSame(calls, ['ä\ufffd\n'])
})

t.test('without flushMs a line is written in its call, and many are written in batches', async (t) => {
  const { writer, calls, clock } = notedWriter({ flushMs: undefined, flushBytes: 65_536 })
  writer.write('1\n', 30)
  t.strictSame(calls, ['1\n'])
  writer.write('2\n3\n', 30)
  writer.write('unfini', 30)
  t.strictSame(calls, ['1\n', '2\n3\n'])
  writer.write('shed\n', 30)
  clock.pass(0)
  t.strictSame(calls, ['1\n', '2\n3\n', 'unfinished\n'])
  for (let i = 0; i < 1000; i++) writer.write(`${i}\n`, 30)
  t.ok(calls.length < 100, `${calls.length} writes`)
  clock.pass(0)
  t.equal(calls.slice(3).join(''), Array.from({ length: 1000 }, (_, i) => `${i}\n`).join(''))
  t.equal(clock.timers, 0)
})

t.test('what is buffered is written before the file is reopened, moved or rotated', async (t) => {
  const { writer, calls } = notedWriter()
  writer.write('1\n', 30)
  writer.reopen()
  writer.write('2\n', 30)
  writer.reopen('second')
  writer.write('3\n', 30)
  writer.rotate()
  writer.write('4\n', 30)
  writer.end()
  writer.close()
  t.strictSame(calls, ['1\n', 'close', '2\n', 'move to second', '3\n', 'rotate', '4\n', 'close'])
})

t.test('after an end no timer remains, and a later line is written at the next end', async (t) => {
  const { writer, calls, clock } = notedWriter({ fsync: 'interval' })
  writer.write('1\n', 30)
  writer.end()
  t.equal(clock.timers, 0)
  writer.write('2\n', 30)
  clock.pass(100)
  t.strictSame(calls, ['1\n', 'sync', '2\n'])
  writer.end()
  t.strictSame(calls.slice(3), ['sync'])
})

t.test('a sink that fails is reported once with what happens to the lines, and retried after a while', async (t) => {
  for (const flushMs of [40, undefined]) {
    const { writer, sink, clock, reports } = notedWriter({ flushMs, queueBytes: 5000 })
    const { write } = sink
    let attempts = 0
    sink.write = () => {
      attempts++
      throw Object.assign(new Error('ENOSPC: no space'), { code: 'ENOSPC' })
    }
    t.equal(writer.flush(), undefined)
    writer.write('1\n', 50)
    t.match(reports, [/^test: ENOSPC: no space; .*; lines wait in memory .* beyond 5000 bytes/])
    t.match(writer.flush(), { code: 'ENOSPC' })
    attempts = 0
    clock.pass((flushMs ?? 100) - 1)
    t.equal(attempts, 0)
    clock.pass(1)
    t.equal(attempts, 1)
    sink.write = write
    clock.pass(10_000)
    t.strictSame([sink.calls, writer.isIdle, reports.length], [['1\n'], true, 1])
    t.match(writer.stats(), { lines: 1, drops: 0, errors: 3 })
  }
})
