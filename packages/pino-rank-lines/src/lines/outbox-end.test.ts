import t from 'tap'
import { outboxTo, ScriptedWriter } from './scripted-writer.test-kit.ts'

t.test('at the end, a batch that the writer has not begun is taken back and written', async (t) => {
  const writer = new ScriptedWriter()
  writer.canTakeBack = true
  const { outbox, put, reports } = outboxTo(writer)
  put('1')
  put('2')
  outbox.end(0)
  t.equal(writer.written, '1\n2\n')
  t.strictSame([outbox.stats.drops, reports], [0, []])
})

t.test('at the end, a batch that the writer has begun counts as lost', async (t) => {
  const { outbox, put, reports } = outboxTo(new ScriptedWriter())
  put('1')
  put('2')
  outbox.end(0)
  t.strictSame(reports, ['test: 2 lines lost: no more could be written'])
})

t.test('at the end, a batch that the writer has begun is waited for ten times as long', async (t) => {
  const writer = new ScriptedWriter()
  const { outbox, put, clock, reports } = outboxTo(writer)
  put('1')
  put('2')
  writer.wait = (ms) => {
    clock.pause(ms)
    return clock.now() < 5000 ? undefined : writer.take()
  }
  outbox.end(1000)
  t.equal(writer.written, '1\n2\n')
  t.strictSame([outbox.stats.drops, reports], [0, []])
  t.equal(clock.now(), 19_000)
})

t.test('after a fault, the attempt that the writer has begun is waited for: at a flush, and at the end', async (t) => {
  for (const act of ['flush', 'end'] as const) {
    const writer = new ScriptedWriter()
    const { outbox, put, clock, reports } = outboxTo(writer)
    put('1')
    put('2')
    writer.fail('no room')
    clock.pass(100)
    writer.wait = () => writer.take()
    t.equal(outbox[act](1000), undefined, act)
    t.strictSame([writer.written, outbox.stats.drops, reports.length], ['1\n2\n', 0, 1])
  }
})

t.test('after a fault, a callback waits for the attempt that the writer has begun', async (t) => {
  const writer = new ScriptedWriter()
  const { outbox, put, clock } = outboxTo(writer)
  put('1')
  writer.fail('no room')
  clock.pass(100)
  const faults: (Error | undefined)[] = []
  outbox.flushSoon((fault) => faults.push(fault))
  t.strictSame(faults, [])
  writer.ack()
  t.strictSame(faults, [undefined])
})

t.test('a late line for which there is no time is waited for while its write has begun', async (t) => {
  const writer = new ScriptedWriter()
  const { outbox, put, clock, reports } = outboxTo(writer)
  put('1')
  writer.wait = (ms) => {
    clock.pause(ms)
    return ms === 0 ? undefined : writer.take()
  }
  outbox.end(0)
  t.strictSame([writer.written, outbox.stats.drops, reports, clock.now()], ['1\n', 0, [], 1000])
})
