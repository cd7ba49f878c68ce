import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { networkInterfaces } from 'node:os'
import { text } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { freePort } from '../kit/free-port.ts'
import { Ring } from './ring.ts'
import { type RingSockets, SocketChannel } from './socket-channel.ts'
import { sendMessage } from './socket-message.ts'
import { joinTcpRing, type TcpRingOptions } from './tcp-ring.ts'

/** Returns a function that joins a job as a rank. The sockets are closed after the test. */
async function job(t: Test, options: Partial<TcpRingOptions> = {}) {
  const rendezvous = { host: '127.0.0.1', port: await freePort() }
  const join = async (rank: number, own: Partial<TcpRingOptions> = {}): Promise<RingSockets> => {
    const sockets = await joinTcpRing({ runKey: 'a', attempt: 0, worldSize: 2, rendezvous, rank, ...options, ...own })
    t.teardown(() => {
      for (const socket of [sockets.next, sockets.previous]) socket.destroy()
    })
    return sockets
  }
  return { rendezvous, join }
}

/** Connects to a server as soon as it listens. */
async function connectWhenListening(address: { host: string; port: number }): Promise<Socket> {
  for (;;) {
    const socket = connect(address)
    try {
      await once(socket, 'connect')
      return socket
    } catch {
      socket.destroy()
    }
  }
}

/** Checks that what each rank sends arrives at all others. */
async function checkRing(t: Test, ranks: readonly RingSockets[]): Promise<void> {
  const rings = ranks.map((sockets, rank) => new Ring(rank, ranks.length, new SocketChannel(sockets)))
  const mine = (rank: number) => Buffer.from(`from ${rank}`)
  const gathered = rings.map((ring, rank) => ring.allGather(mine(rank), { what: 'gathers' }))
  for (const byRank of await Promise.all(gathered))
    t.same(
      byRank.map(String),
      ranks.map((_, rank) => `from ${rank}`),
    )
}

const reasons = (results: readonly PromiseSettledResult<unknown>[]) =>
  results.map((result) => (result.status === 'rejected' ? `${result.reason.name}: ${result.reason.message}` : 'joined'))

const addresses = Object.values(networkInterfaces()).flatMap((all = []) => all)
for (const host of ['127.0.0.1', '::1', 'localhost']) {
  const skip = host !== '::1' || addresses.some(({ address }) => address === host) ? false : 'this host has no IPv6'
  t.test(`the ranks connect at ${host}, and a rank that starts before rank 0 waits for it`, { skip }, async (t) => {
    const rendezvous = { host, port: await freePort() }
    const { join } = await job(t, { rendezvous })
    const other = join(1)
    await t.rejects(once(connect(rendezvous), 'connect'), { code: 'ECONNREFUSED' })
    await checkRing(t, await Promise.all([join(0), other]))
  })
}

const external = addresses.find(({ internal, family }) => !internal && family === 'IPv4')
t.test(
  'rank 0 listens only at its address',
  { skip: external ? false : 'this host has only loopback addresses' },
  async (t) => {
    const { join, rendezvous } = await job(t)
    const first = join(0)
    const inside = await connectWhenListening(rendezvous)
    await t.rejects(once(connect({ ...rendezvous, host: external?.address as string }), 'connect'), {
      code: 'ECONNREFUSED',
    })
    const ranks = await Promise.all([first, join(1)])
    for (const { next, previous } of ranks)
      t.same([next.remoteAddress, previous.localAddress], ['127.0.0.1', '127.0.0.1'])
    inside.destroy()
  },
)

t.test('connections that are not from a rank neither join nor block the ring, and are closed', async (t) => {
  const { join, rendezvous } = await job(t)
  const first = join(0)
  const sent = ['', 'GET / HTTP/1.1\r\n\r\n', '{}\n', 'null\n', 'x'.repeat(10_000), '{"rank":1,"worldSize":2}\n']
  const strangers = await Promise.all(
    sent.map(async (bytes) => {
      const socket = await connectWhenListening(rendezvous)
      socket.on('error', () => {}) // a reset closes it too
      if (bytes) socket.write(bytes)
      return { closed: once(socket, 'close'), received: text(socket).catch(() => '') }
    }),
  )
  await checkRing(t, await Promise.all([first, join(1)]))
  for (const { closed, received } of strangers) {
    await closed
    t.equal(await received, '')
  }
})

t.test('the ranks of a second ring join at the same port while the first ring is open', async (t) => {
  const { join } = await job(t)
  await checkRing(t, await Promise.all([join(0), join(1)]))
  await checkRing(t, await Promise.all([join(0), join(1)]))
})

t.test('a rank of another job is refused with both jobs, and the ring is joined without it', async (t) => {
  const { join } = await job(t)
  const first = join(0)
  const others = await Promise.allSettled([join(1, { runKey: 'b' }), join(1, { worldSize: 3 })])
  t.match(reasons(others), [
    /^Error: Rank 1 on 127.0.0.1 belongs to the run "b" with 2 ranks, and rank 0 at .* to the run "a" with 2 .* DDP_PORT/,
    /^Error: Rank 1 on 127.0.0.1 belongs to the run "a" with 3 ranks, and rank 0 at .* to the run "a" with 2 ranks/,
  ])
  await checkRing(t, await Promise.all([first, join(1)]))
})

t.test('a second process with the same rank is refused, and the ring is joined without it', async (t) => {
  const { join } = await job(t, { worldSize: 3 })
  const ranks = [join(0), join(1)]
  const twice = join(1)
  const settled = await Promise.race([...ranks, twice].map((rank) => rank.catch((error: Error) => error.message)))
  t.match(settled, /^Two processes are rank 1: on 127.0.0.1 and on 127.0.0.1. .* \(--node-rank\)/)
  ranks.push(join(2))
  const results = await Promise.allSettled([...ranks, twice])
  t.equal(results.filter(({ status }) => status === 'rejected').length, 1)
})

t.test('after the timeout all ranks that have joined name the missing ones', async (t) => {
  const { join } = await job(t, { worldSize: 4, timeoutMs: 500 })
  const results = await Promise.allSettled([join(0), join(2)])
  const why =
    'rank 0 at 127\\.0\\.0\\.1:\\d+ waited 0\\.5 s for ranks 1, 3\\. Other hosts cannot reach 127\\.0\\.0\\.1: '
  t.match(reasons(results), [
    new RegExp(`^NeighbourLost: rank 0: ${why}`),
    new RegExp(`^NeighbourLost: rank 2: ${why}`),
  ])
})

const refusals: [what: string, own: Partial<TcpRingOptions>, reason: string][] = [
  ['had the same rank as another process', {}, 'Two processes are rank 1: on 127.0.0.1 and on 127.0.0.1.'],
  ['belongs to another job', { runKey: 'b' }, 'Rank 1 on 127.0.0.1 belongs to the run "b" with 3 ranks, and rank 0 at'],
  ['has a run key of 4000 bytes', { runKey: 'x'.repeat(3900) }, 'Rank 1 on 127.0.0.1 belongs to the run "xxx'],
  ['is in an earlier attempt', { attempt: 0 }, 'Rank 1 on 127.0.0.1 is in attempt 0, and rank 0 at'],
  ['is in a later attempt', { attempt: 2 }, 'Rank 1 on 127.0.0.1 is in attempt 2, and rank 0 at'],
]
for (const [what, own, reason] of refusals)
  t.test(`after the timeout the ranks have the reason why a rank that ${what} got no place`, async (t) => {
    const { join } = await job(t, { worldSize: 3, attempt: 1, timeoutMs: 500 })
    const errors = reasons(await Promise.allSettled([join(0), join(1), join(1, own)]))
    const timeouts = errors.filter((error) => error.includes(`waited 0.5 s for rank 2. ${reason}`))
    t.match(timeouts, [/\. Other hosts cannot reach 127.0.0.1/, /\. Other hosts cannot reach 127.0.0.1/], `${errors}`)
  })

t.test('if a rank ends before all have joined, the others reject at once and name it', async (t) => {
  const { join, rendezvous } = await job(t, { worldSize: 4 })
  const ranks = [join(0), join(1)]
  const dying = await connectWhenListening(rendezvous)
  sendMessage(dying, { runKey: 'a', attempt: 0, worldSize: 4, rank: 2, port: 1, key: '' })
  dying.end()
  const ended = 'rank 2 on 127.0.0.1 ended before all ranks had joined the ring'
  t.same(reasons(await Promise.allSettled(ranks)), [
    `NeighbourLost: rank 0: ${ended}`,
    `NeighbourLost: rank 1: ${ended}`,
  ])
})

t.test('a rank of the next attempt waits until rank 0 is restarted', async (t) => {
  const { join } = await job(t)
  const early = join(0, { timeoutMs: 500 })
  const restarted = join(1, { attempt: 1 })
  await t.rejects(early, /waited 0.5 s for rank 1/)
  await checkRing(t, await Promise.all([join(0, { attempt: 1 }), restarted]))
})

t.test('a rank of another attempt than rank 0 rejects, and names both attempts', async (t) => {
  const { join } = await job(t, { attempt: 1, timeoutMs: 500 })
  const results = await Promise.allSettled([join(0), join(1, { attempt: 0 }), join(1, { attempt: 2 })])
  t.match(reasons(results).slice(1), [
    /^Error: Rank 1 on 127.0.0.1 is in attempt 0, and rank 0 at .* in attempt 1$/,
    /^NeighbourLost: rank 1: Rank 1 on 127.0.0.1 is in attempt 2, and rank 0 at .* in attempt 1$/,
  ])
})

t.test('without rank 0 a rank names its address and the reason', async (t) => {
  const { join } = await job(t, { timeoutMs: 100 })
  await t.rejects(join(1), {
    name: 'NeighbourLost',
    message: /^rank 1 cannot connect to rank 0 at 127.0.0.1:\d+: ECONNREFUSED. Check that rank 0 runs/,
  })
})

t.test('a name that does not resolve is an error on each rank', async (t) => {
  const { join } = await job(t, { rendezvous: { host: 'host.invalid', port: 29_500 }, timeoutMs: 100 })
  await t.rejects(join(0), /^rank 0 cannot listen at host.invalid:29500: the name does not resolve. Set MASTER_ADDR/)
  await t.rejects(join(1), /^rank 1 cannot connect to rank 0 at host.invalid:29500: the name does not resolve/)
})

t.test('rank 0 names the address and what to do if it cannot listen there', async (t) => {
  const other = createServer()
  await once(other.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => other.close())
  const { port } = other.address() as { port: number }
  const { join } = await job(t)
  await t.rejects(
    join(0, { rendezvous: { host: '127.0.0.1', port } }),
    /^rank 0 cannot listen at 127.0.0.1:\d+: the port is in use .* DDP_PORT/,
  )
  await t.rejects(
    join(0, { rendezvous: { host: '192.0.2.1', port } }),
    /^rank 0 cannot listen at 192.0.2.1:\d+: this host does not have that address/,
  )
})

for (const [what, answer] of [
  ['closes the connection', ''],
  ['answers in another protocol', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
] as const) {
  t.test(`another program at the port that ${what} is an error that names the port`, async (t) => {
    const other = createServer((socket) => socket.end(answer))
    t.teardown(() => other.close())
    await once(other.listen(0, '127.0.0.1'), 'listening')
    const { port } = other.address() as { port: number }
    const { join } = await job(t, { rendezvous: { host: '127.0.0.1', port } })
    await t.rejects(join(1), /^rank 1 received no response from rank 0 at 127.0.0.1:\d+. .* set DDP_PORT/)
  })
}
