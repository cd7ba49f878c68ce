import { once } from 'node:events'
import { mkdtempSync, readSync, rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Clock } from 'pino-rank-file/writer'
import t, { type Test } from 'tap'
import { answerOf, heartbeatMs, left, refused, silentMs, windowBytes } from '../collector/protocol.ts'
import { socketFd } from '../node-internals.ts'
import { CollectorClient } from './collector-client.ts'

/** A clock that the test moves. A pause moves it too, and lets the other side act first. */
class ScriptedClock implements Clock {
  time = 0
  pauses = 0
  onPause: () => void = () => {}
  task: (() => void) | undefined

  now(): number {
    return this.time
  }

  after(_ms: number, task: () => void): () => void {
    this.task = task
    return () => {
      this.task = undefined
    }
  }

  pause(ms: number): void {
    this.time += ms
    this.pauses++
    this.onPause()
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
  const clock = new ScriptedClock()
  const lost: { lines: string; isSure: boolean }[] = []
  const client = new CollectorClient({
    hello: { rank: 0, pid: 1, out: '1:1', merge: 'always' },
    path: () => path,
    lost: (lines, isSure) => lost.push({ lines: lines.toString(), isSure }),
    clock,
  })
  const [socket] = (await once(server, 'connection')) as [Socket]
  t.teardown(() => socket.destroy())
  // Node needs two turns of its loop to notice that the client is connected. Until then it closes a socket whose other end has gone.
  for (let turn = 0; turn < 2; turn++) await new Promise(setImmediate)
  /** Sends acknowledgements. Node writes them within the call while the socket has room. */
  const answer = (...counts: number[]) => {
    for (const count of counts) socket.write(answerOf(count))
  }
  answer(first)
  t.equal(client.look(), first !== refused, 'the collector has answered')
  return { client, clock, socket, answer, lost }
}

const line = (length: number) => Buffer.from(`${'x'.repeat(length - 1)}\n`)

t.test('a heartbeat that has arrived is read before the collector counts as silent: full socket', async (t) => {
  const { client, clock, socket, answer, lost } = await connected(t)
  // Small writes fill the kernel's socket buffer long before half of the window is unacknowledged.
  clock.onPause = () => {
    throw new Error('full')
  }
  t.throws(() => {
    while (client.kept < windowBytes / 2) client.send(line(16))
  }, /full/)
  t.ok(client.kept < windowBytes / 2, 'the client has no reason of its own to read acknowledgements')
  clock.time += 5 * silentMs // the program computes and does not log
  answer(0) // meanwhile the collector has sent a heartbeat
  const buffer = Buffer.alloc(2 ** 20)
  clock.onPause = () => void readSync(socketFd(socket), buffer) // and now it reads
  t.ok(client.send(line(16)), 'it is not left')
  t.strictSame(lost, [])
})

t.test('a heartbeat that has arrived is read before the collector counts as silent: full window', async (t) => {
  const { client, clock, socket, answer, lost } = await connected(t)
  const buffer = Buffer.alloc(2 ** 20)
  clock.onPause = () => void readSync(socketFd(socket), buffer)
  answer(1) // ends the larger window of the start
  for (let sent = 0; sent < 8; sent++) t.ok(client.send(line(windowBytes / 8)))
  clock.time += 5 * silentMs
  answer(1)
  clock.onPause = () => answer(windowBytes / 2)
  t.ok(client.send(line(100)))
  t.strictSame(lost, [])
})

t.test('a heartbeat that has arrived is read before the collector counts as silent: late timer', async (t) => {
  const { client, clock, answer, lost } = await connected(t)
  client.send(line(10))
  for (let turn = 0; turn < 3; turn++) {
    clock.time += 5 * silentMs
    answer(0)
    const { task } = clock
    clock.task = undefined
    task?.()
  }
  t.strictSame(lost, [])
  clock.time += silentMs + heartbeatMs
  clock.task?.()
  t.strictSame(lost, [{ lines: 'xxxxxxxxx\n', isSure: false }], 'but a silent one is left')
})

t.test('a collector that left properly has written exactly what it acknowledged', async (t) => {
  const { client, socket, answer, lost } = await connected(t)
  for (const text of ['one\n', 'two\n', 'three\n']) t.ok(client.send(Buffer.from(text)))
  answer(8, left)
  socket.destroy()
  await once(socket, 'close')
  t.ok(client.send(Buffer.from('four\n')))
  t.strictSame(lost, [{ lines: 'three\nfour\n', isSure: true }])
})

t.test('a collector that leaves while the client waits at exit has written exactly what it acknowledged', async (t) => {
  const { client, clock, socket, answer, lost } = await connected(t)
  for (const text of ['one\n', 'two\n']) t.ok(client.send(Buffer.from(text)))
  clock.onPause = () => {
    clock.onPause = () => {}
    answer(4, left)
    socket.end()
  }
  client.settle(250)
  client.close()
  t.strictSame(lost, [{ lines: 'two\n', isSure: true }])
})

t.test('a collector that died may have written more than it acknowledged', async (t) => {
  const { client, socket, answer, lost } = await connected(t)
  for (const text of ['one\n', 'two\n']) t.ok(client.send(Buffer.from(text)))
  answer(4)
  socket.destroy()
  await once(socket, 'close')
  client.look()
  client.close()
  t.strictSame(lost, [{ lines: 'two\n', isSure: false }])
})

t.test('a refused rank sends nothing', async (t) => {
  const { client, lost } = await connected(t, refused)
  t.notOk(client.send(Buffer.from('one\n')))
  t.equal(client.kept, 0)
  t.strictSame(lost, [])
})
