import { Socket, type SocketConstructorOpts } from 'node:net'

/**
 * Reads an accepted connection into a buffer that is used again, so that nothing is left to be collected. Node offers that for
 * sockets alone that it did not accept: one is made of what the accepted one has. Where that cannot be, Node's own buffers are read.
 *
 * @param told gets what has come: to be copied at once
 * @returns the socket to be used from now on, which flows
 */
export function readInto(buffer: Buffer, accepted: Socket, told: (bytes: Buffer) => void): Socket {
  const inner = accepted as unknown as WithHandle
  const handle = inner._handle
  const callback = (length: number) => {
    told(buffer.subarray(0, length))
    return true
  }
  if (handle) {
    const socket = new Socket({ handle, onread: { buffer, callback } } as SocketConstructorOpts)
    if ((socket as unknown as WithHandle)._handle === handle) {
      inner._handle = null
      return socket.resume()
    }
  }
  return accepted.on('data', told)
}

interface WithHandle {
  _handle?: object | null
}
