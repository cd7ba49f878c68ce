import t from 'tap'
import { CallerWait } from './caller-wait.ts'
import { outboxTo, ScriptedWriter } from './scripted-writer.test-kit.ts'

const limit = 1000

/** Returns an outbox over a writer that is busy with the line `0`, and the waits for it, in ms. */
function busyOutbox(options: { overflow?: 'block' | 'drop' } = {}, isTaken = true) {
  const writer = new ScriptedWriter()
  const waits: number[] = []
  const made = outboxTo(writer, { limit, ...options })
  made.put('0')
  writer.wait = (ms) => {
    if (ms === 0) return undefined
    waits.push(ms)
    made.clock.pause(isTaken ? 1 : ms)
    return isTaken ? writer.take() : undefined
  }
  return { ...made, writer, waits }
}

/** A line that fills the outbox alone. */
const long = 'x'.repeat(limit - 1)

t.test('a call that fills the outbox waits for a slow sink, and loses nothing', async (t) => {
  const { outbox, put, writer, waits } = busyOutbox()
  put('1')
  t.strictSame(waits, [], 'while there is room')
  put(long)
  t.equal(waits.length, 2)
  t.equal(writer.written, '0\n1\n', 'until there is room')
  outbox.flush(1000)
  t.strictSame([writer.written, outbox.stats.drops], [`0\n1\n${long}\n`, 0])
})

t.test('if the sink hangs, one call waits, and its lines are dropped; the next calls do not wait', async (t) => {
  const { outbox, put, writer, waits, clock } = busyOutbox({}, false)
  put('1')
  put(long)
  t.strictSame([waits, clock.now()], [[1000], 1000])
  t.equal(outbox.stats.drops, 1)
  put(long)
  put(long)
  t.strictSame([waits.length, outbox.stats.drops], [1, 3])
  writer.ack()
  writer.ack()
  t.match(writer.submitted.at(-1), /"drops":3/, 'and a record reports them')
  put('2')
  put(long)
  t.equal(waits.length, 2, 'once the sink has taken a batch, a call waits again')
})

t.test("with overflow: 'drop' no call waits, and what has no room is dropped", async (t) => {
  const { outbox, put, writer, waits } = busyOutbox({ overflow: 'drop' })
  put('1')
  put(long)
  outbox.put(Buffer.from('2\n'))
  outbox.commit(true)
  t.strictSame([waits, outbox.stats.drops], [[], 1])
  writer.ack()
  writer.ack()
  t.match(writer.submitted.slice(0, 2), ['0\n', '1\n2\n'])
})

t.test('an urgent line waits until it is written, although there is room', async (t) => {
  const { outbox, writer, waits } = busyOutbox()
  outbox.put(Buffer.from('1\n'))
  outbox.commit()
  t.equal(waits.length, 0)
  outbox.put(Buffer.from('2\n'))
  outbox.commit(true)
  t.strictSame([waits.length, writer.written, outbox.isIdle], [2, '0\n1\n2\n', true])
})

t.test('no call waits for a sink that fails, and the newest lines are dropped', async (t) => {
  const { outbox, put, writer, waits } = busyOutbox()
  writer.fail('no room')
  put(long)
  put('1')
  outbox.commit(true)
  t.strictSame([waits, outbox.stats.drops, outbox.stats.errors], [[], 1, 1])
  t.equal(outbox.isIdle, false)
})

t.test('the wait of one call ends after blockMs, also if the sink takes a little each time', async (t) => {
  let now = 0
  const clock = { now: () => now } as never
  for (const [options, total] of [
    [{}, 1000],
    [{ blockMs: 250 }, 250],
    [{ blockMs: 0 }, 0],
    [{ overflow: 'drop' }, 0],
  ] as const) {
    const wait = new CallerWait(clock, options)
    const pause = (ms: number) => {
      now += Math.min(ms, 333)
      return true
    }
    const begin = now
    wait.wait(() => true, pause)
    t.equal(now - begin, total)
    wait.wait(() => true, pause)
    t.equal(now - begin, total, 'the next call does not wait')
    wait.reset()
    wait.wait(() => true, pause)
    t.equal(now - begin, 2 * total, 'after a batch was taken, a call waits again')
    wait.reset()
    wait.wait(() => false, pause)
    t.equal(now - begin, 2 * total, 'without need')
  }
})
