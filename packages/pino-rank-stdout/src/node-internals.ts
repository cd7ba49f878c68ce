/** Everything of Node that this package uses although Node does not document it. */
import { Socket, type SocketConstructorOpts } from 'node:net'

/** A socket's handle, which holds its descriptor. */
interface WithHandle {
  _handle?: { fd?: number } | null
}

/**
 * Returns the descriptor of a socket, or -1 if there is none. With it a call writes at once: no callback is left at an exit, and
 * an end that has gone does not take with it what it had sent.
 *
 * `_handle.fd`: Node 20 to 24, not on Windows. Replacement: none. Test: `collector-client.test.ts`.
 */
export function socketFd(socket: Socket): number {
  return (socket as unknown as WithHandle)._handle?.fd ?? -1
}

/**
 * Reads an accepted connection into a buffer that is used again, so that nothing is left to be collected. Node offers that only for
 * sockets that it did not accept: one is made of the handle of the accepted one. Where that is not possible, Node's own buffers
 * are read.
 *
 * `_handle`, and the option `handle` of `new Socket`: Node 20 to 24. Replacement: an option `onread` of `net.createServer`, which
 * does not exist yet. Test: `node-internals.test.ts`.
 *
 * @param onBytes called with what has come, which must be copied at once
 * @returns the socket to be used from now on, which flows
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
