/** The undocumented parts of Node that this package uses. */
import { Socket, type SocketConstructorOpts } from 'node:net'

/** A socket's handle, which holds its descriptor. */
interface WithHandle {
  _handle?: { fd?: number } | null
}

/**
 * Returns the descriptor of a socket, or -1 if it has none. With it, a call can write and read synchronously: no
 * callback is pending at exit, and bytes that a closed peer had sent can still be read.
 *
 * `_handle.fd`: Node 20 to 24, not on Windows. Replacement: none. Test: `collector-client.test.ts`.
 */
export function socketFd(socket: Socket): number {
  return (socket as unknown as WithHandle)._handle?.fd ?? -1
}

/**
 * Reads an accepted connection into a buffer that is used for every read, so that reads leave no garbage. Node offers
 * this only for sockets that a program creates, so a new socket is made with the handle of the accepted one. If that is
 * impossible, Node's own buffers are read.
 *
 * `_handle`, and the option `handle` of `new Socket`: Node 20 to 24. Replacement: an option `onread` of
 * `net.createServer`, which does not exist yet. Test: `node-internals.test.ts`.
 *
 * @param onBytes called with the bytes of each read. They must be copied before it returns
 * @returns the socket to use from now on. It is flowing
 */
export function readInto(buffer: Buffer, accepted: Socket, onBytes: (bytes: Buffer) => void): Socket {
  const inner = accepted as unknown as WithHandle
  const handle = inner._handle
  const callback = (length: number) => {
    onBytes(buffer.subarray(0, length))
    return true
  }
  if (handle) {
    const socket = new Socket({ handle, onread: { buffer, callback } } as SocketConstructorOpts)
    if ((socket as unknown as WithHandle)._handle === handle) {
      inner._handle = null
      return socket.resume()
    }
  }
  return accepted.on('data', onBytes)
}
