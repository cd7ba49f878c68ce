import { EventEmitter, once } from 'node:events'
import t from 'tap'
import { GatedWritable, type TargetStream } from './gated-writable.ts'
import { LineGate } from './line-gate.ts'

/** A target that takes lines while it has room, and closes when the test lets it. */
class SlowTarget extends EventEmitter implements TargetStream {
  text = ''
  hasRoom = true
  isEnded = false
  closed = false

  write(text: string): boolean {
    this.text += text
    return this.hasRoom
  }

  end(): void {
    this.isEnded = true
  }

  close(): void {
    this.closed = true
    this.emit('close')
  }
}

function gated(target: TargetStream = new SlowTarget()) {
  let builds = 0
  const stream = new GatedWritable(new LineGate({ min: 50 }), async () => {
    builds++
    return target
  })
  const events: string[] = []
  for (const name of ['finish', 'close']) stream.on(name, () => events.push(name))
  stream.on('error', ({ message }) => events.push(message))
  const tick = () => new Promise((resolve) => setImmediate(resolve))
  return { target: target as SlowTarget, stream, events, tick, builds: () => builds }
}

const line = (level: number) => `{"level":${level}}\n`

t.test('the target is built at the first line that the gate lets through, and once', async (t) => {
  const { target, stream, tick, builds } = gated()
  stream.write(line(30))
  await tick()
  t.equal(builds(), 0)
  for (const level of [50, 30, 60]) stream.write(line(level))
  await tick()
  t.strictSame([builds(), target.text], [1, line(50) + line(60)])
})

t.test('a target without room is waited for', async (t) => {
  const { target, stream, tick } = gated()
  target.hasRoom = false
  stream.write(line(50))
  stream.write(line(60))
  await tick()
  t.equal(target.text, line(50))
  target.emit('drain')
  await tick()
  t.equal(target.text, line(50) + line(60))
})

t.test("at the end, a last line without its newline is written, and 'close' waits for the target", async (t) => {
  const { target, stream, events, tick, builds } = gated()
  stream.write('{"level":50}')
  stream.end()
  await tick()
  t.strictSame([builds(), target.text, target.isEnded, events], [1, line(50), true, []])
  target.close()
  await tick()
  t.strictSame(events, ['finish', 'close'])
})

t.test('at the end, a target that was never built, or is closed, is not ended', async (t) => {
  const unused = gated()
  unused.stream.end(line(30))
  await once(unused.stream, 'close')
  t.strictSame([unused.builds(), unused.target.isEnded], [0, false])
  const closed = gated()
  await closed.stream.open()
  closed.target.closed = true
  closed.stream.end()
  await once(closed.stream, 'close')
  t.equal(closed.target.isEnded, false)
})

t.test('a target that fails or closes ends the stream', async (t) => {
  const { target, stream, events, tick } = gated()
  await stream.open()
  target.emit('error', new Error('EACCES'))
  await tick()
  t.strictSame([events, stream.destroyed], [['EACCES', 'close'], true])
  const closing = gated()
  closing.target.hasRoom = false
  closing.stream.write(line(50))
  await closing.tick()
  closing.target.close()
  await closing.tick()
  t.strictSame([closing.events, closing.stream.destroyed], [['close'], true])
})

t.test('a target that cannot be built is an error of the stream', async (t) => {
  const stream = new GatedWritable(new LineGate({ min: 50 }), () => Promise.reject(new Error('not found')))
  const failed = once(stream, 'error')
  stream.write(line(50))
  t.match(await failed, [{ message: 'not found' }])
})

t.test('flush passes on what was written, and flushes the target in whichever way it can', async (t) => {
  const flushOf = async (methods: object) => {
    const target = Object.assign(new SlowTarget(), methods)
    const { stream } = gated(target)
    stream.write(line(50))
    return [await new Promise((resolve) => stream.flush(resolve)), target.text]
  }
  const calls: string[] = []
  const error = new Error('no room')
  t.strictSame(await flushOf({}), [undefined, line(50)])
  t.strictSame(await flushOf({ flushSync: () => calls.push('sync') }), [undefined, line(50)])
  t.strictSame(await flushOf({ flush: () => calls.push('promise') }), [undefined, line(50)])
  t.strictSame(await flushOf({ flush: (done: (error: Error) => void) => done(error) }), [error, line(50)])
  t.strictSame(calls, ['sync', 'promise'])
  t.strictSame(await flushOf({ flush: () => Promise.reject(error) }), [error, line(50)])
  const { stream, builds } = gated()
  t.equal((await new Promise((resolve) => stream.flush(resolve))) ?? undefined, undefined)
  t.equal(builds(), 0)
})
