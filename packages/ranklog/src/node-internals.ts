/** Everything of Node that this package uses although Node does not document it. */
import { Socket, type SocketConstructorOpts } from 'node:net'

/** Where a socket's bytes go. */
export interface OnRead {
  /** Returns the memory for the next read. */
  buffer(): Buffer
  /** Called with the number of bytes that were read. Returns false to pause. */
  callback(length: number): boolean
}

/**
 * Reads a pipe into the caller's memory.
 *
 * `onread` of `new Socket` together with `fd`: Node 20 to 24, which document it for `socket.connect` only. Replacement: none.
 * Test: `pipe-reader.test.ts`.
 *
 * @param fd closed with the socket
 */
export function readPipe(fd: number, onread: OnRead): Socket {
  return new Socket({ fd, readable: true, writable: false, onread } as SocketConstructorOpts)
}
