import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { receiveMessage, sendMessage } from './socket-message.ts'

/** Returns both ends of a connection. */
async function pair(t: Test): Promise<[Socket, Socket]> {
  const server = createServer()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const client = connect(server.address() as { port: number })
  const [accepted] = await once(server, 'connection')
  server.close()
  t.teardown(() => client.destroy())
  t.teardown(() => accepted.destroy())
  return [client, accepted]
}

const never = new AbortController().signal

t.test('messages that arrive in pieces or together are received one by one', async (t) => {
  const [client, server] = await pair(t)
  client.write('{"a":')
  const first = receiveMessage(server, never)
  await new Promise<void>((resolve) => client.write('1}\n{"b":2}\nrest', () => resolve()))
  t.same(await first, { a: 1 })
  t.same(await receiveMessage(server, never), { b: 2 })
  const [rest] = await once(server, 'data')
  t.equal(String(rest), 'rest')
})

t.test('a message of another type has no fields', async (t) => {
  const [client, server] = await pair(t)
  client.write('null\n"text"\n')
  t.equal((await receiveMessage(server, never)).key, undefined)
  t.equal((await receiveMessage(server, never)).key, undefined)
})

t.test('a line that is not JSON, a long line, the end of the connection and the signal are errors', async (t) => {
  for (const [bytes, error] of [
    ['GET / HTTP/1.1\r\n', { name: 'SyntaxError' }],
    ['x'.repeat(5000), { message: /too long/ }],
  ] as const) {
    const [client, server] = await pair(t)
    client.write(bytes)
    await t.rejects(receiveMessage(server, never), error)
  }
  const [ending, server] = await pair(t)
  const received = receiveMessage(server, never)
  ending.end('{"a":')
  await t.rejects(received)
  await t.rejects(receiveMessage(server, never), /closed/)
  const [, silent] = await pair(t)
  await t.rejects(receiveMessage(silent, AbortSignal.timeout(10)), { name: 'AbortError' })
})

t.test('a message of many fields arrives as it was sent', async (t) => {
  const [client, server] = await pair(t)
  const message = { text: 'ü\n"', list: [1, 2], nested: { a: null } }
  sendMessage(client, message)
  t.same(await receiveMessage(server, never), message)
})
