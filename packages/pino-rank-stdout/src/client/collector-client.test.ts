import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, readSync, rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { ManualClock } from '../../../pino-rank-lines/dist/system/manual-clock.test-kit.js'
import { closed, encodeAck, heartbeatMs, maxSilenceMs, refused, windowBytes } from '../collector/protocol.ts'
import { socketFd } from '../node-internals.ts'
import { CollectorClient } from './collector-client.ts'

/** A clock whose pause lets the other side act first. */
class YieldingClock extends ManualClock {
  onPause: () => void = () => {}

  override pause(ms: number): void {
    super.pause(ms)
    this.onPause()
  }

  /** Moves time on while the program computes: nothing that comes due runs. */
  compute(ms: number): void {
    super.pause(ms)
  }
}

/** Returns a client and the real socket of the collector that it has connected to. */
async function connected(t: Test, first = 0) {
  const folder = mkdtempSync(join(tmpdir(), 'cc-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 's')
  const server = createServer((socket) => socket.pause()).listen(path)
  await once(server, 'listening')
  const clock = new YieldingClock()
  const lost: { lines: string; isSure: boolean }[] = []
  const client = new CollectorClient({
    hello: { rank: 0, pid: 1, out: '1:1', merge: 'always' },
    path: () => path,
    onLost: (lines, isSure) => lost.push({ lines: lines.toString(), isSure }),
    clock,
  })
  const [socket] = (await once(server, 'connection')) as [Socket]
  const close = () => {
    socket.destroy()
    server.close()
  }
  t.teardown(close)
  // Node needs two turns of its loop to notice that the client is connected. Until then it closes a socket whose other end has gone.
  for (let turn = 0; turn < 2; turn++) await new Promise(setImmediate)
  /** Sends acknowledgements. Node writes them within the call while the socket has room. */
  const ack = (...counts: number[]) => {
    for (const count of counts) socket.write(encodeAck(count))
  }
  ack(first)
  t.equal(client.tryConnect(), first !== refused, 'the collector has answered')
  return { client, clock, socket, ack, lost, close }
}

const line = (length: number) => Buffer.from(`${'x'.repeat(length - 1)}\n`)

t.test('a heartbeat that has arrived is read before the collector counts as silent: full socket', async (t) => {
  const { client, clock, socket, ack, lost } = await connected(t)
  // Small writes fill the kernel's socket buffer long before half of the window is unacknowledged.
  clock.onPause = () => {
    throw new Error('full')
  }
  t.throws(() => {
    while (client.unackedBytes < windowBytes / 2) client.send(line(16))
  }, /full/)
  t.ok(client.unackedBytes < windowBytes / 2, 'the client has no reason of its own to read acknowledgements')
  clock.compute(5 * maxSilenceMs) // and does not log
  ack(0) // meanwhile the collector has sent a heartbeat
  const buffer = Buffer.alloc(2 ** 20)
  clock.onPause = () => void readSync(socketFd(socket), buffer) // and now it reads
  t.ok(client.send(line(16)), 'the client stays connected')
  t.strictSame(lost, [])
})

t.test('a heartbeat that has arrived is read before the collector counts as silent: full window', async (t) => {
  const { client, clock, socket, ack, lost } = await connected(t)
  const buffer = Buffer.alloc(2 ** 20)
  clock.onPause = () => void readSync(socketFd(socket), buffer)
  ack(1) // ends the larger window of the start
  for (let sent = 0; sent < 8; sent++) t.ok(client.send(line(windowBytes / 8)))
  clock.compute(5 * maxSilenceMs)
  ack(1)
  clock.onPause = () => ack(windowBytes / 2)
  t.ok(client.send(line(100)))
  t.strictSame(lost, [])
})

t.test('a heartbeat that has arrived is read before the collector counts as silent: late timer', async (t) => {
  const { client, clock, ack, lost } = await connected(t)
  client.send(line(10))
  for (let turn = 0; turn < 3; turn++) {
    clock.compute(5 * maxSilenceMs)
    ack(0)
    clock.pass(0)
  }
  t.strictSame(lost, [])
  clock.pass(maxSilenceMs + heartbeatMs)
  t.strictSame(lost, [{ lines: 'xxxxxxxxx\n', isSure: false }], 'but a silent one is disconnected')
})

t.test('a collector that closed cleanly has written exactly what it acknowledged', async (t) => {
  const { client, socket, ack, lost } = await connected(t)
  for (const text of ['one\n', 'two\n', 'three\n']) t.ok(client.send(Buffer.from(text)))
  ack(8, closed)
  socket.destroy()
  await once(socket, 'close')
  t.ok(client.send(Buffer.from('four\n')))
  t.strictSame(lost, [{ lines: 'three\nfour\n', isSure: true }])
})

t.test(
  'a collector that closes cleanly while the client waits at exit has written exactly what it acknowledged',
  async (t) => {
    const { client, clock, socket, ack, lost } = await connected(t)
    for (const text of ['one\n', 'two\n']) t.ok(client.send(Buffer.from(text)))
    clock.onPause = () => {
      clock.onPause = () => {}
      ack(4, closed)
      socket.end()
    }
    client.flush(250)
    client.close()
    t.strictSame(lost, [{ lines: 'two\n', isSure: true }])
  },
)

t.test('a collector that died may have written more than it acknowledged', async (t) => {
  const { client, socket, ack, lost } = await connected(t)
  for (const text of ['one\n', 'two\n']) t.ok(client.send(Buffer.from(text)))
  ack(4)
  socket.destroy()
  await once(socket, 'close')
  client.tryConnect()
  client.close()
  t.strictSame(lost, [{ lines: 'two\n', isSure: false }])
})

t.test('a refused rank sends nothing', async (t) => {
  const { client, lost } = await connected(t, refused)
  t.notOk(client.send(Buffer.from('one\n')))
  t.equal(client.unackedBytes, 0)
  t.strictSame(lost, [])
})

/** Reads what the client has sent, at most `length` bytes. */
function receive(socket: Socket, length: number): Buffer {
  const buffer = Buffer.alloc(length)
  try {
    return buffer.subarray(0, readSync(socketFd(socket), buffer))
  } catch {
    return buffer.subarray(0, 0) // nothing has come
  }
}

/** Sends as many lines as may be unacknowledged. The collector reads them. */
function fillWindow({ client, clock, socket, ack }: Awaited<ReturnType<typeof connected>>): void {
  ack(1) // ends the larger window of the start
  clock.onPause = () => void receive(socket, 2 ** 20)
  for (let sent = 0; sent < 8; sent++) client.send(line(windowBytes / 8))
  clock.onPause = () => {}
}

t.test('a full window is waited for once, for a moment; then it is full until it has room', async (t) => {
  const connection = await connected(t)
  const { client, clock, ack } = connection
  fillWindow(connection)
  let pausedMs = 0
  const { pause } = clock
  clock.pause = (ms) => {
    pausedMs += ms
    pause.call(clock, ms)
    ack(0) // it is alive
  }
  t.throws(() => client.send(line(1000)), { code: 'EAGAIN' })
  t.ok(pausedMs >= 60 && pausedMs < 80, `${pausedMs} ms`)
  const { unackedBytes } = client
  for (let i = 0; i < 1000; i++) t.throws(() => client.send(line(1000)), { code: 'EAGAIN' })
  t.ok(pausedMs < 80, 'not again')
  t.equal(client.unackedBytes, unackedBytes, 'and nothing of the lines was taken')
  ack(windowBytes / 8)
  clock.compute(1)
  t.ok(client.send(line(1000)))
})

t.test('a full collector that turns silent is disconnected: its lines come back', async (t) => {
  const connection = await connected(t)
  const { client, clock, lost } = connection
  fillWindow(connection)
  t.throws(() => client.send(line(1000)), { code: 'EAGAIN' })
  clock.compute(maxSilenceMs)
  t.notOk(client.send(line(1000)), 'which is not sent')
  t.equal(lost.length, 1)
  t.equal(lost[0]?.lines.length, windowBytes)
})

t.test('at the end a call waits for a full window as long as the collector is alive', async (t) => {
  const connection = await connected(t)
  const { client, clock, ack } = connection
  fillWindow(connection)
  client.beforeEnd()
  let pauses = 0
  clock.onPause = () => ack(++pauses === 10_000 ? windowBytes / 8 : 0)
  t.ok(client.send(line(1000)))
  t.equal(pauses, 10_000)
})

t.test('any acknowledgements, any room in the socket: what was taken arrives in order, once', async (t) => {
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
        ack(acked) // it is alive
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
