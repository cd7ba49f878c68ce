import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { Connection } from './connection.ts'
import { encodeAck, refused } from './protocol.ts'

const sent = Buffer.from(Array.from({ length: 150_000 }, (_, at) => at % 251))

/** A rank that has sent all of it, and a connection that reads one piece at a time. */
async function connected(t: Test): Promise<{ rank: Socket; connection: Connection }> {
  const folder = mkdtempSync(join(tmpdir(), 'cn-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const server = createServer().listen(join(folder, 's'))
  t.teardown(() => server.close())
  const rank = connect({ path: join(folder, 's'), allowHalfOpen: true })
  t.teardown(() => rank.destroy())
  const [accepted] = (await once(server, 'connection')) as [Socket]
  await new Promise<void>((written) => rank.write(sent, () => written()))
  return { rank, connection: new Connection(accepted, () => false) }
}

async function rest(connection: Connection): Promise<Buffer> {
  const found: Buffer[] = []
  for (let bytes = await connection.next(); bytes; bytes = await connection.next()) found.push(Buffer.from(bytes))
  return Buffer.concat(found)
}

t.test('a refused rank gets an acknowledgement that says so, and the connection ends', async (t) => {
  const { rank, connection } = await connected(t)
  await connection.untilReadable()
  connection.end(refused)
  const [ack] = await once(rank, 'data')
  t.strictSame(ack, encodeAck(refused))
  await once(rank, 'end')
  t.match(await new Promise((written) => rank.on('error', () => {}).write('more', written)), { code: 'EPIPE' })
})

for (const [how, endRank, isStopped] of [
  ['ends', (rank: Socket) => rank.end(), false],
  ['dies with an acknowledgement unread', (rank: Socket) => rank.destroy(), false],
  ['lives, and we take no more', () => {}, true],
  ['dies, and we take no more', (rank: Socket) => rank.destroy(), true],
] as const) {
  t.test(`little is buffered here, and all that a rank had sent is read: it ${how}`, async (t) => {
    const { rank, connection } = await connected(t)
    await connection.untilReadable()
    t.ok(connection.waiting > 0 && connection.waiting <= 2 ** 16, 'one read')
    connection.sendAck(1)
    endRank(rank)
    if (isStopped) connection.stopReading()
    t.ok((await rest(connection)).equals(sent))
    connection.destroy()
  })
}
