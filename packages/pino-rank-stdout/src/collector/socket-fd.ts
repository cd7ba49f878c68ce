import type { Socket } from 'node:net'

/**
 * Node's own number of a socket's descriptor; -1: there is none. With it a call writes at once: no callback is left at an exit, and an
 * end that has gone does not take with it what it had sent.
 */
export function socketFd(socket: Socket): number {
  return (socket as unknown as { _handle?: { fd?: number } })._handle?.fd ?? -1
}
