import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { WriterStats } from 'pino-rank-lines'
import t, { type Test } from 'tap'
import { encodeAck } from '../collector/protocol.ts'
import { CollectorSink, type CollectorSinkOptions } from './collector-sink.ts'
import type { OwnCollector } from './own-collector.ts'
import { StdoutSink } from './stdout-sink.ts'

/** Returns a sink, the text that it writes to its own stdout, and the sockets of a collector that sends nothing by itself. */
async function sinkWithCollector(t: Test) {
  const folder = mkdtempSync(join(tmpdir(), 'cs-'))
  const path = join(folder, 's')
  const server = createServer((socket) => socket.pause()).listen(path)
  await once(server, 'listening')
  const stdout = { text: '', isFull: false }
  const pipeWrite = (_fd: number, bytes: Uint8Array) => {
    if (stdout.isFull) throw Object.assign(new Error('EAGAIN'), { code: 'EAGAIN' })
    stdout.text += Buffer.from(bytes)
    return bytes.length
  }
  const hello = { rank: 0, pid: 1, out: '1:1', merge: 'auto' } as const
  const nextConnection = async () => {
    const [socket] = (await once(server, 'connection')) as [Socket]
    t.teardown(() => socket.destroy())
    // Node needs two turns of its loop to notice that the client is connected
    for (let turn = 0; turn < 2; turn++) await new Promise(setImmediate)
    return socket
  }
  const first = nextConnection()
  const sink = new CollectorSink(new StdoutSink(1, { pipe: 1, pipeWrite }), { hello, path: () => path })
  t.teardown(() => {
    server.close()
    rmSync(folder, { recursive: true })
  })
  const write = (text: string) => sink.write(Buffer.from(`{"n":${text}}\n`))
  const written = async (text: string) => {
    while (!stdout.text.includes(text)) await new Promise(setImmediate)
  }
  return { stdout, write, written, socket: await first, nextConnection }
}

t.test('lines that wait for a handshake are written without another log call, also the second time', async (t) => {
  const { write, written, socket, nextConnection } = await sinkWithCollector(t)
  write('1')
  socket.write(encodeAck(0))
  write('2')
  socket.destroy()
  await once(socket, 'close')
  const second = nextConnection()
  write('3')
  await written('2}\n')
  let isConnected = false
  void second.then(() => {
    isConnected = true
  })
  while (!isConnected) {
    write('4')
    await new Promise(setImmediate)
  }
  write('5')
  await written('5}\n')
})

t.test('lines that a collector returned while the pipe was full are written without another log call', async (t) => {
  const { stdout, write, written, socket } = await sinkWithCollector(t)
  socket.write(encodeAck(0))
  write('1')
  stdout.isFull = true
  socket.destroy()
  await once(socket, 'close')
  write('2') // notices that the collector has closed
  t.throws(() => write('3'), { code: 'EAGAIN' })
  stdout.isFull = false
  await written('2}\n')
})

/** Returns a sink that holds its first line for a collector, which does not come. */
function sinkThatHolds(options: Partial<CollectorSinkOptions>) {
  const found = { text: '' }
  const pipeWrite = (_fd: number, bytes: Uint8Array) => {
    found.text += Buffer.from(bytes)
    return bytes.length
  }
  const hello = { rank: 0, pid: 1, out: '1:1', merge: 'always' } as const
  const stdout = new StdoutSink(1, { pipe: 1, pipeWrite })
  return { found, sink: new CollectorSink(stdout, { hello, path: () => undefined, ...options }) }
}

t.test('at its end a sink waits for a collector only if one is starting and lines are held for it', async (t) => {
  const none = { lines: 0, bytes: 0, drops: 0, errors: 0 } as WriterStats
  for (const [name, startsCollector, isHeld, waits] of [
    ['no rank starts a collector', false, true, false],
    ['no line is held', true, false, false],
    ['a collector is starting', true, true, true],
  ] as const) {
    const own = { checks: 0, end() {}, close() {} }
    Object.defineProperty(own, 'mayBeRunning', { get: () => ++own.checks < 5 })
    const { found, sink } = sinkThatHolds({ startsCollector, own: own as unknown as OwnCollector })
    if (isHeld) sink.write(Buffer.from('{"n":1}\n'))
    t.equal(found.text, '', 'the line is held')
    sink.end(none)
    t.equal(own.checks, waits ? 5 : 0, `${name}: it waits as long as the collector may be running`)
    t.equal(found.text, isHeld ? '{"n":1}\n' : '', 'held lines are written at last')
    sink.close()
  }
})
