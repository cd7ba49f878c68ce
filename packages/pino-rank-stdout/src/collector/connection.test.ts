import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { Connection } from './connection.ts'
import { encodeAck, refused } from './protocol.ts'

const sent = Buffer.from(Array.from({ length: 150_000 }, (_, at) => at % 251))

/** Returns the socket of a rank that has sent all bytes, and the connection that reads them one piece at a time. */
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

t.test('a refused rank gets the acknowledgement `refused`, and the connection ends', async (t) => {
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
  ['dies without reading an acknowledgement', (rank: Socket) => rank.destroy(), false],
  ['lives, and stopReading() was called', () => {}, true],
  ['dies, and stopReading() was called', (rank: Socket) => rank.destroy(), true],
] as const) {
  t.test(`at most one read is buffered, and all bytes of a rank are read, if it ${how}`, async (t) => {
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
