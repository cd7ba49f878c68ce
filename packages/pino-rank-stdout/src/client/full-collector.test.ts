import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { maxSilenceMs, windowBytes } from '../collector/protocol.ts'
import { connected, fillWindow, line, receive } from './connected-client.test-kit.ts'

t.test('a call waits for a full window for a moment; later calls do not wait until there is room', async (t) => {
  const connection = await connected(t)
  const { client, clock, ack } = connection
  fillWindow(connection)
  let pausedMs = 0
  const { pause } = clock
  clock.pause = (ms) => {
    pausedMs += ms
    pause.call(clock, ms)
    ack(0) // a heartbeat
  }
  t.throws(() => client.send(line(1000)), { code: 'EAGAIN' })
  t.ok(pausedMs >= 60 && pausedMs < 80, `${pausedMs} ms`)
  const { unackedBytes } = client
  for (let i = 0; i < 1000; i++) t.throws(() => client.send(line(1000)), { code: 'EAGAIN' })
  t.ok(pausedMs < 80, 'later calls do not wait')
  t.equal(client.unackedBytes, unackedBytes, 'no line was accepted')
  ack(windowBytes / 8)
  clock.compute(1)
  t.ok(client.send(line(1000)))
})

t.test('a full collector that becomes silent is disconnected, and its lines are returned', async (t) => {
  const connection = await connected(t)
  const { client, clock, lost } = connection
  fillWindow(connection)
  t.throws(() => client.send(line(1000)), { code: 'EAGAIN' })
  clock.compute(maxSilenceMs)
  t.notOk(client.send(line(1000)), 'it is not sent')
  t.equal(lost.length, 1)
  t.equal(lost[0]?.lines.length, windowBytes)
})

t.test('after beforeEnd() a call waits for a full window as long as the collector is alive', async (t) => {
  const connection = await connected(t)
  const { client, clock, ack } = connection
  fillWindow(connection)
  client.beforeEnd()
  let pauses = 0
  clock.onPause = () => ack(++pauses === 10_000 ? windowBytes / 8 : 0)
  t.ok(client.send(line(1000)))
  t.equal(pauses, 10_000)
})

t.test('with any acknowledgements and any space in the socket, accepted lines arrive once and in order', async (t) => {
  const step = fc.oneof(
    fc.record({ send: fc.integer({ min: 2, max: 100_000 }) }),
    fc.record({ receive: fc.integer({ min: 1, max: 300_000 }) }),
    fc.record({ ack: fc.double({ min: 0, max: 1, noNaN: true }) }),
    fc.record({ compute: fc.integer({ min: 1, max: 200 }) }),
    fc.record({ pass: fc.integer({ min: 1, max: 200 }) }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const { client, clock, socket, ack, lost, close } = await connected(t)
      const sent: Buffer[] = []
      const received: Buffer[] = []
      let count = 0
      let acked = 0
      let seq = 0
      const take = (length: number) => {
        const bytes = receive(socket, length)
        received.push(bytes)
        count += bytes.length
        return bytes.length
      }
      take(1000) // the hello
      const helloLength = count
      for (const step of steps) {
        ack(acked) // a heartbeat
        if ('send' in step) {
          const lines = Buffer.from(`${String(seq++).padEnd(step.send - 1, '.')}\n`)
          try {
            if (client.send(lines)) sent.push(lines)
          } catch (error) {
            assert.equal((error as NodeJS.ErrnoException).code, 'EAGAIN')
          }
        } else if ('receive' in step) take(step.receive)
        else if ('ack' in step) acked += Math.floor(step.ack * (count - helloLength - acked))
        else if ('compute' in step) clock.compute(step.compute)
        else clock.pass(step.pass)
      }
      client.beforeEnd()
      clock.onPause = () => {
        take(2 ** 20)
        ack(count - helloLength)
      }
      client.flush(maxSilenceMs)
      while (take(2 ** 20) > 0);
      assert.equal(client.unackedBytes, 0)
      assert.deepEqual(lost, [])
      assert.ok(Buffer.concat(received).subarray(helloLength).equals(Buffer.concat(sent)))
      close()
    }),
    { numRuns: 50 },
  )
})
