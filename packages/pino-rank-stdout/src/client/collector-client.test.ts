import { once } from 'node:events'
import { readSync } from 'node:fs'
import t from 'tap'
import { closed, heartbeatMs, maxSilenceMs, refused, windowBytes } from '../collector/protocol.ts'
import { socketFd } from '../node-internals.ts'
import { connected, line } from './connected-client.test-kit.ts'

t.test('a heartbeat that has arrived is read before the collector counts as silent, with a full socket', async (t) => {
  const { client, clock, socket, ack, lost } = await connected(t)
  // Small writes fill the kernel's socket buffer long before half of the window is unacknowledged.
  clock.onPause = () => {
    throw new Error('full')
  }
  t.throws(() => {
    while (client.unackedBytes < windowBytes / 2) client.send(line(16))
  }, /full/)
  t.ok(client.unackedBytes < windowBytes / 2, 'the client itself does not read acknowledgements yet')
  clock.compute(5 * maxSilenceMs) // without a log call
  ack(0) // meanwhile the collector has sent a heartbeat
  const buffer = Buffer.alloc(2 ** 20)
  clock.onPause = () => void readSync(socketFd(socket), buffer) // now the collector reads
  t.ok(client.send(line(16)), 'the client stays connected')
  t.strictSame(lost, [])
})

t.test('a heartbeat that has arrived is read before the collector counts as silent, with a full window', async (t) => {
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

t.test('a heartbeat that has arrived is read before the collector counts as silent, with a late timer', async (t) => {
  const { client, clock, ack, lost } = await connected(t)
  client.send(line(10))
  for (let turn = 0; turn < 3; turn++) {
    clock.compute(5 * maxSilenceMs)
    ack(0)
    clock.pass(0)
  }
  t.strictSame(lost, [])
  clock.pass(maxSilenceMs + heartbeatMs)
  t.strictSame(lost, [{ lines: 'xxxxxxxxx\n', isUnwritten: false }], 'a silent collector is disconnected')
})

t.test('a collector that closed cleanly has written exactly what it acknowledged', async (t) => {
  const { client, socket, ack, lost } = await connected(t)
  for (const text of ['one\n', 'two\n', 'three\n']) t.ok(client.send(Buffer.from(text)))
  ack(8, closed)
  socket.destroy()
  await once(socket, 'close')
  t.ok(client.send(Buffer.from('four\n')))
  t.strictSame(lost, [{ lines: 'three\nfour\n', isUnwritten: true }])
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
    t.strictSame(lost, [{ lines: 'two\n', isUnwritten: true }])
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
  t.strictSame(lost, [{ lines: 'two\n', isUnwritten: false }])
})

t.test('a refused rank sends nothing', async (t) => {
  const { client, lost } = await connected(t, refused)
  t.notOk(client.send(Buffer.from('one\n')))
  t.equal(client.unackedBytes, 0)
  t.strictSame(lost, [])
})
