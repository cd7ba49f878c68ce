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
