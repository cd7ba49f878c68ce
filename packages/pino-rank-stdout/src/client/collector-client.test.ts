import { once } from 'node:events'
import { mkdtempSync, readSync, rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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
  t.teardown(() => server.close())
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
  t.teardown(() => socket.destroy())
  // Node needs two turns of its loop to notice that the client is connected. Until then it closes a socket whose other end has gone.
  for (let turn = 0; turn < 2; turn++) await new Promise(setImmediate)
  /** Sends acknowledgements. Node writes them within the call while the socket has room. */
  const ack = (...counts: number[]) => {
    for (const count of counts) socket.write(encodeAck(count))
  }
  ack(first)
  t.equal(client.tryConnect(), first !== refused, 'the collector has answered')
  return { client, clock, socket, ack, lost }
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
