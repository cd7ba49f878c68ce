import { once } from 'node:events'
import { mkdtempSync, readSync, rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { ManualClock } from '../../../pino-rank-lines/dist/system/manual-clock.test-kit.js'
import { encodeAck, refused, windowBytes } from '../collector/protocol.ts'
import { socketFd } from '../node-internals.ts'
import { CollectorClient } from './collector-client.ts'

/** A clock that lets the collector act during a pause. */
export class YieldingClock extends ManualClock {
  onPause: () => void = () => {}

  override pause(ms: number): void {
    super.pause(ms)
    this.onPause()
  }

  /** Advances the time as if the program computed: no timer runs. */
  compute(ms: number): void {
    super.pause(ms)
  }
}

export interface Connection {
  client: CollectorClient
  clock: YieldingClock
  /** The collector's end. */
  socket: Socket
  ack(...counts: number[]): void
  lost: { lines: string; isUnwritten: boolean }[]
  close(): void
}

/** Returns a connected client and the socket of its collector. */
export async function connected(t: Test, first = 0): Promise<Connection> {
  const folder = mkdtempSync(join(tmpdir(), 'cc-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 's')
  const server = createServer((socket) => socket.pause()).listen(path)
  await once(server, 'listening')
  const clock = new YieldingClock()
  const lost: { lines: string; isUnwritten: boolean }[] = []
  const client = new CollectorClient({
    hello: { rank: 0, pid: 1, out: '1:1', merge: 'always' },
    path: () => path,
    onUnacked: (lines, isUnwritten) => lost.push({ lines: lines.toString(), isUnwritten }),
    clock,
  })
  const [socket] = (await once(server, 'connection')) as [Socket]
  const close = () => {
    socket.destroy()
    server.close()
  }
  t.teardown(close)
  // Node needs two turns of the event loop to notice that the client is connected. Before that it closes a socket whose peer has closed.
  for (let turn = 0; turn < 2; turn++) await new Promise(setImmediate)
  /** Sends acknowledgements. Node writes them within the call while the socket has room. */
  const ack = (...counts: number[]) => {
    for (const count of counts) socket.write(encodeAck(count))
  }
  ack(first)
  t.equal(client.tryConnect(), first !== refused, 'the collector has answered')
  return { client, clock, socket, ack, lost, close }
}

/** Returns a line of this length. */
export const line = (length: number): Buffer => Buffer.from(`${'x'.repeat(length - 1)}\n`)

/** Reads what the client has sent, at most `length` bytes. */
export function receive(socket: Socket, length: number): Buffer {
  const buffer = Buffer.alloc(length)
  try {
    return buffer.subarray(0, readSync(socketFd(socket), buffer))
  } catch {
    return buffer.subarray(0, 0) // nothing has arrived
  }
}

/** Fills the window with lines. The collector reads them and does not acknowledge them. */
export function fillWindow({ client, clock, socket, ack }: Connection): void {
  ack(1) // ends the larger window of the start
  clock.onPause = () => void receive(socket, 2 ** 20)
  for (let sent = 0; sent < 8; sent++) client.send(line(windowBytes / 8))
  clock.onPause = () => {}
}
