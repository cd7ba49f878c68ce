/** Connections that send no handshake, an invalid one or a part of one, and the limit for their number. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { systemClock } from 'pino-rank-lines/system'
import t, { type Test } from 'tap'
import { ManualClock } from '../../../pino-rank-lines/dist/system/manual-clock.test-kit.js'
import { bench } from './collector-socket.test-kit.ts'
import type { Connection } from './connection.ts'
import { maxHandshakeMs, PendingHandshakes } from './pending-handshakes.ts'
import { type Hello, refused } from './protocol.ts'

/** A manual clock with the turns of the real event loop. */
class TestClock extends ManualClock {
  override nextTurn(run: () => void): () => void {
    return systemClock.nextTurn(run)
  }
}

/** Connects like another program, and sends a text. */
async function stranger(t: Test, path: string, sent = ''): Promise<Socket> {
  const socket = connect(path)
  t.teardown(() => socket.destroy())
  socket.resume().on('error', () => {})
  await once(socket, 'connect')
  if (sent !== '') await new Promise((written) => socket.write(sent, written))
  return socket
}

const turns = async (count: number) => {
  for (let turn = 0; turn < count; turn++) await new Promise(setImmediate)
}
const closed = (socket: Socket) => socket.closed || once(socket, 'close')

t.test(
  'a connection without a complete handshake is closed after the timeout; a rank that sends few lines is not',
  async (t) => {
    const clock = new TestClock()
    const { rank, next, path, warnings } = await bench(t, { clock })
    const own = rank({ rank: 1 })
    t.equal(await own.ack(), 0)
    const hello = JSON.stringify({ rank: 0, pid: 1, out: '1:1', merge: 'always' })
    const silent = await stranger(t, path)
    const slow = await stranger(t, path, hello.slice(0, -1))
    await turns(10) // the collector has accepted both
    clock.pass(maxHandshakeMs - 1)
    await turns(10)
    t.strictSame([silent.closed, slow.closed], [false, false])
    await new Promise((written) => slow.write(hello.slice(-1), written)) // a part of the handshake does not extend the time
    await turns(10)
    clock.pass(1)
    await Promise.all([silent, slow].map(closed))
    clock.pass(10 * maxHandshakeMs)
    await turns(10)
    await own.send('still here\n')
    t.equal(await next(0), 'still here\n')
    t.strictSame(warnings, [
      `closed a connection that sent no handshake within 10 s: another program of this user connects to ${path}`,
    ])
  },
)

t.test('a handshake that arrived while the collector was stopped is accepted after the timeout', async (t) => {
  const clock = new TestClock()
  const { rank, path, warnings } = await bench(t, { clock })
  const late = connect(path)
  t.teardown(() => late.destroy())
  await once(late, 'connect')
  await turns(10)
  const hello = { rank: 0, pid: 1, out: '1:1', merge: 'always' }
  late.write(`${JSON.stringify(hello)}\n`) // Node writes it in the call, and this thread has not read it yet
  clock.pass(maxHandshakeMs)
  const [ack] = (await once(late, 'data')) as [Buffer]
  t.equal(ack.readDoubleLE(0), 0)
  t.equal(await rank({ rank: 1 }).ack(), 0)
  t.strictSame(warnings, [])
})

t.test('an invalid handshake is refused, and reported once', async (t) => {
  const { rank, collector, warnings } = await bench(t)
  const wrong: (string | Partial<Hello>)[] = [
    '',
    'GET / HTTP/1.1\r\n\r',
    '\0\xff\x1b[2J',
    'null',
    '[]',
    '{"rank":0}',
    '{"rank":0,"pid":1,"out":"1:1","merge":"always"',
    'x'.repeat(60_000),
    ...[-1, 0.5, 1e300, '\x1b[31m0', '0', null, {}, [0]].map((rank) => ({ rank: rank as number })),
    { pid: '1' as never },
    { out: 1 as never },
    { merge: 'never' as never },
  ]
  for (const hello of wrong) {
    const stranger = rank(hello)
    t.equal(await stranger.ack(), refused, JSON.stringify(hello).slice(0, 60))
    t.equal(await stranger.ack(), undefined)
  }
  t.equal(collector.connected, 0)
  t.strictSame(warnings, ['refused a connection: what it sent is not a handshake of pino-rank-stdout'])
})

t.test('a rank with a wrong token or without one is refused, and reported once', async (t) => {
  for (const [token, state] of [
    ['wrong', 'wrong'],
    [undefined, 'not set'],
  ] as const) {
    const { rank, warnings } = await bench(t, { token: 'right' })
    t.equal(await rank({ rank: 3, token }).ack(), refused)
    t.equal(await rank({ rank: 4, token }).ack(), refused)
    t.strictSame(warnings, [
      `rank 3 writes to its own stdout: its RANKLOG_TOKEN is ${state}; start ranks with the variables that their collector gives them`,
    ])
  }
})

t.test('beyond the limit the oldest silent connections are closed, and a rank is still accepted', async (t) => {
  const { rank, path, warnings } = await bench(t, { clock: new TestClock() })
  const silent: Socket[] = []
  for (let count = 0; count < 100; count++) silent.push(await stranger(t, path))
  await Promise.all(silent.slice(0, 36).map(closed))
  await turns(10)
  t.strictSame(
    silent.map((socket) => socket.closed),
    silent.map((_, at) => at < 36),
  )
  t.equal(await rank({ rank: 0 }).ack(), 0)
  t.strictSame(warnings, [
    `closed the oldest of more than 64 connections that sent no handshake: another program of this user connects to ${path}`,
  ])
})

t.test('the limit does not count connections whose handshake arrives in the next turns', async (t) => {
  const destroyed: number[] = []
  const pending = new PendingHandshakes(3, new TestClock(), () => {})
  const all = Array.from(
    { length: 10 },
    (_, at) => ({ destroy: () => void destroyed.push(at) }) as unknown as Connection,
  )
  for (const connection of all) pending.add(connection)
  await turns(1)
  for (const connection of all.slice(0, 6)) pending.delete(connection)
  await turns(3)
  t.strictSame(destroyed, [6], 'the oldest of the remaining four')
})

/** Returns how many descriptors this process may open. */
function descriptorLimit(): number {
  const limits = process.platform === 'linux' ? readFileSync('/proc/self/limits', 'utf8') : ''
  return Number(/Max open files\s+(\d+)/.exec(limits)?.[1] ?? 1000)
}

t.test('all ranks of a large host are accepted at once, with as many silent connections', async (t) => {
  const ranks = Math.min(1000, Math.floor(descriptorLimit() / 5))
  const { rank, path, collector, warnings } = await bench(t, { ranks, clock: new TestClock() })
  const silent = Array.from({ length: ranks }, () => stranger(t, path))
  const all = Array.from({ length: ranks }, (_, at) => rank({ rank: at }))
  const acks = await Promise.all(all.map((rank) => rank.ack()))
  t.equal(acks.filter((ack) => ack === 0).length, ranks)
  t.equal(collector.connected, ranks)
  await Promise.all(silent)
  t.strictSame(warnings, [], 'this number of silent connections is within the limit')
})

t.test('ranks beyond the limit are refused with a report, however many come at once', async (t) => {
  const { rank, collector, warnings } = await bench(t, { ranks: 2 })
  const all = Array.from({ length: 200 }, (_, at) => rank({ rank: at }))
  const acks = await Promise.all(all.map((rank) => rank.ack()))
  t.equal(acks.filter((ack) => ack === 0).length, 2)
  t.equal(acks.filter((ack) => ack === refused).length, 198, 'none counts as a silent connection')
  t.strictSame(warnings, [
    `more than 2 ranks, or than ${collector.slots.length} loggers at the same time, want to send; the others write to their own stdout`,
  ])
})
