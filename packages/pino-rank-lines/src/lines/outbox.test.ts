import fc from 'fast-check'
import t from 'tap'
import { overflowPolicies } from './caller-wait.ts'
import { outboxTo, ScriptedWriter } from './scripted-writer.test-kit.ts'

t.test('a sync requested during another sync covers the lines in between', async (t) => {
  const writer = new ScriptedWriter()
  const { outbox, put, sync } = outboxTo(writer)
  put('1')
  sync()
  t.strictSame(writer.submitted, ['1\n'])
  writer.ack()
  t.strictSame(writer.submitted, ['1\n', 'sync'])
  put('2')
  sync()
  writer.ack()
  t.equal(outbox.isIdle, false)
  t.strictSame(writer.submitted.slice(2), ['2\n'])
  writer.ack()
  sync()
  writer.ack()
  t.equal(outbox.isIdle, true)
  t.strictSame(writer.submitted.slice(3), ['sync'])
})

t.test('a sync is done once all batches before it are written', async (t) => {
  const writer = new ScriptedWriter()
  const { outbox, put, sync } = outboxTo(writer, { limit: 16_000 })
  const long = '.'.repeat(1000)
  put('1')
  put(long)
  put('3')
  sync()
  for (let i = 0; i < 3; i++) writer.ack()
  t.strictSame(writer.submitted, ['1\n', `${long}\n`, '3\nsync'])
  t.equal(outbox.isIdle, true)
})

t.test('lines that come one by one while the writer is busy are one batch', async (t) => {
  const writer = new ScriptedWriter()
  const { outbox } = outboxTo(writer, { limit: 2 ** 24 })
  const lines = Array.from({ length: 1000 }, (_, n) => `${n}\n`)
  for (const line of lines) {
    outbox.put(Buffer.from(line))
    outbox.commit()
  }
  writer.ack()
  t.strictSame(writer.submitted, ['0\n', lines.slice(1).join('')])
  writer.ack(500)
  outbox.put(Buffer.from('x\n'))
  writer.ack()
  writer.ack()
  t.equal(writer.written, `${lines.join('')}x\n`)
})

t.test('a sync without lines is sent once as a request of its own', async (t) => {
  const writer = new ScriptedWriter()
  const { outbox, sync } = outboxTo(writer)
  sync()
  sync()
  t.strictSame(writer.submitted, ['sync'])
  writer.ack()
  t.equal(outbox.isIdle, true)
})

t.test('a writer that keeps up writes from the caller’s own buffer: nothing is copied', async (t) => {
  const writer = new ScriptedWriter()
  writer.isSync = true
  const { outbox } = outboxTo(writer)
  const lines = Buffer.from('1\n2\n')
  let submitted: Buffer | undefined
  const submit = writer.submit.bind(writer)
  writer.submit = (batch, sync) => {
    submitted = batch
    return submit(batch, sync)
  }
  outbox.put(lines)
  t.equal(submitted?.buffer, lines.buffer)
  t.match(outbox.stats, { lines: 2, bytes: 4, flushes: 1 })
})

t.test('after an ack for part of a batch, the rest is submitted again', async (t) => {
  const writer = new ScriptedWriter()
  const { outbox } = outboxTo(writer)
  outbox.put(Buffer.from('1\n2\n3\n'))
  outbox.commit()
  writer.ack(1)
  t.strictSame(writer.submitted, ['1\n2\n3\n', '2\n3\n'])
  writer.ack()
  t.equal(writer.written, '1\n2\n3\n')
  t.equal(outbox.isIdle, true)
})

t.test('an error is retried with backoff, reported once, and a flush reports it', async (t) => {
  const writer = new ScriptedWriter()
  const { outbox, put, clock, reports } = outboxTo(writer)
  put('1')
  const faults: (string | undefined)[] = []
  outbox.flushSoon((fault) => faults.push(fault?.message))
  writer.fail('no room')
  put('2')
  t.equal(writer.submitted.length, 1, 'no attempt before the backoff is over')
  for (const ms of [100, 200, 400]) {
    clock.pass(ms - 1)
    const before = writer.submitted.length
    clock.pass(1)
    t.equal(writer.submitted.length, before + 1, `after ${ms} ms`)
    writer.fail('no room')
  }
  clock.pass(800)
  writer.ack()
  writer.ack()
  t.equal(writer.written, '1\n2\n')
  t.strictSame(faults, ['no room'])
  t.strictSame(reports, ['test: no room; lines wait'])
})

t.test('after a success, the first pause after a failure is the shortest again, and no pause is endless', async (t) => {
  const writer = new ScriptedWriter()
  const { put, clock } = outboxTo(writer)
  put('1')
  const pauses = Array.from({ length: 10 }, () => {
    writer.fail('no room')
    const { length } = writer.submitted
    let ms = 0
    for (; writer.submitted.length === length; ms += 100) clock.pass(100)
    return ms
  })
  t.strictSame(pauses, [100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000, 5000])
  writer.ack()
  put('2')
  writer.fail('no room')
  const { length } = writer.submitted
  clock.pass(100)
  t.equal(writer.submitted.length, length + 1)
})

t.test('with any acks and any overflow, each line is written in order or counted as dropped', async () => {
  const step = fc.oneof(
    fc.record({ put: fc.integer({ min: 1, max: 60 }) }),
    fc.record({ line: fc.integer({ min: 1, max: 5 }) }),
    fc.record({ ack: fc.integer({ min: 1, max: 5 }) }),
    fc.record({ fail: fc.constant(true) }),
    fc.record({ pass: fc.integer({ min: 1, max: 500 }) }),
    fc.record({ sync: fc.boolean() }),
  )
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 100 }),
      fc.constantFrom(...overflowPolicies),
      fc.integer({ min: 300, max: 1000 }), // the record of dropped lines has to fit
      fc.boolean(),
      (steps, overflow, limit, isWaitedFor) => {
        const writer = new ScriptedWriter()
        const { outbox, clock } = outboxTo(writer, { overflow, limit })
        let seq = 0
        for (const step of steps) {
          if ('put' in step) {
            const lines = Array.from({ length: step.put }, () => `{"seq":${String(seq++).padStart(4, '0')}}\n`)
            outbox.put(Buffer.from(lines.join('')))
            outbox.commit()
          } else if ('line' in step) {
            for (let i = 0; i < step.line; i++) {
              if (!outbox.putLine(`{"seq":${String(seq++).padStart(4, '0')}}\n`, clock.now())) outbox.commit()
            }
          } else if ('ack' in step) writer.ack(step.ack)
          else if ('fail' in step) writer.fail('no room')
          else if ('pass' in step) clock.pass(step.pass)
          else writer.isSync = step.sync && outbox.isIdle
        }
        if (isWaitedFor) writer.wait = () => writer.take()
        else writer.canTakeBack = true
        const { drops } = outbox.stats
        outbox.end(0)
        if (isWaitedFor && outbox.stats.drops > drops) return false // the writer takes all
        const found = [...writer.written.matchAll(/"seq":(\d+)/g)].map(([, n]) => Number(n))
        const isOrdered = found.every((n, at) => at === 0 || n > (found[at - 1] as number))
        return isOrdered && found.length + outbox.stats.drops === seq
      },
    ),
    { numRuns: 500 },
  )
})
