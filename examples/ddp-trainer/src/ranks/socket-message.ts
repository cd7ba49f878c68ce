import { once } from 'node:events'
import type { Socket } from 'node:net'

const maxBytes = 4096

/** A line of JSON from another process. Its fields are not checked. */
export type Message = Readonly<Record<string, unknown>>

/** Sends a message: one line of JSON. */
export function sendMessage(socket: Socket, message: object): void {
  socket.write(`${JSON.stringify(message)}\n`)
}

/**
 * Returns the next message of a socket. Bytes after it stay in the socket.
 *
 * @throws if the socket is closed first, if its first 4 KiB are not a line of JSON, or when `signal` is aborted
 */
export async function receiveMessage(socket: Socket, signal: AbortSignal): Promise<Message> {
  const parts: Buffer[] = []
  for (let length = 0; length < maxBytes; ) {
    const chunk = await readChunk(socket, signal)
    const end = chunk.indexOf('\n')
    if (end >= 0) {
      socket.unshift(chunk.subarray(end + 1))
      return Object(JSON.parse(Buffer.concat([...parts, chunk.subarray(0, end)]).toString()))
    }
    parts.push(chunk)
    length += chunk.length
  }
  throw new Error('the message is too long')
}

async function readChunk(socket: Socket, signal: AbortSignal): Promise<Buffer> {
  const closed = new AbortController()
  const onClose = () => closed.abort()
  socket.once('close', onClose)
  try {
    for (;;) {
      const chunk: Buffer | null = socket.destroyed ? null : socket.read()
      if (chunk) return chunk
      if (socket.destroyed) throw new Error('the connection was closed')
      await once(socket, 'readable', { signal: AbortSignal.any([signal, closed.signal]) })
    }
  } finally {
    socket.off('close', onClose)
  }
}
