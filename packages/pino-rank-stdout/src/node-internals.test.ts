import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import t from 'tap'
import { readInto } from './node-internals.ts'

t.test('all bytes of an accepted connection are read into the given buffer', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'ri-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const server = createServer().listen(join(folder, 's'))
  t.teardown(() => server.close())
  const client = connect(join(folder, 's'))
  const [accepted] = (await once(server, 'connection')) as [Socket]
  const buffer = Buffer.alloc(1000)
  const found: Buffer[] = []
  const socket = readInto(buffer, accepted, (bytes) => {
    t.equal(bytes.buffer, buffer.buffer)
    found.push(Buffer.from(bytes))
  })
  t.not(socket, accepted, 'the buffer belongs to a new socket')
  const sent = Buffer.from(Array.from({ length: 100_000 }, (_, at) => at % 251))
  client.end(sent)
  await once(socket, 'close')
  t.ok(Buffer.concat(found).equals(sent))
})

t.test('a stream without a handle is read with Node’s own buffers', async (t) => {
  const stream = new PassThrough()
  const found: Buffer[] = []
  t.equal(
    readInto(Buffer.alloc(10), stream as never, (bytes) => found.push(bytes)),
    stream,
  )
  stream.end('hello')
  await once(stream, 'end')
  t.equal(String(Buffer.concat(found)), 'hello')
})
