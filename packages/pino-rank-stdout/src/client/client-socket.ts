import { readSync, writeSync } from 'node:fs'
import { Socket } from 'node:net'
import { ackBytes } from '../collector/index.ts'
import { socketFd } from '../node-internals.ts'

const received = Buffer.alloc(64 * ackBytes)

/**
 * A rank's end of the connection to a collector. It is written and read in the call, without the event loop, so that the lines of a
 * program that computes for minutes, or exits, are sent. Never waits.
 */
export class ClientSocket {
  readonly #socket = new Socket()
  readonly #fd: number

  /** @param onError called when the event loop finds the connection broken */
  constructor(path: string, onError: () => void) {
    this.#socket.pause() // this class reads it
    this.#socket.unref()
    this.#socket.once('error', onError)
    this.#socket.connect(path) // the system connects a unix socket in the call
    this.#fd = socketFd(this.#socket)
  }

  /** False where a socket has no descriptor. */
  get hasDescriptor(): boolean {
    return this.#fd !== -1
  }

  /** Returns how many bytes the socket took: 0 while it is full, -1 if the collector has gone. */
  write(bytes: Buffer): number {
    try {
      return writeSync(this.#fd, bytes)
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'EAGAIN' ? 0 : -1
    }
  }

  /** Reads the acknowledgements that have come. `isClosed`: no more will come. */
  readAcks(): { acks: number[]; isClosed: boolean } {
    const acks: number[] = []
    if (socketFd(this.#socket) !== this.#fd) return { acks, isClosed: true } // Node has closed it
    try {
      for (;;) {
        const length = readSync(this.#fd, received)
        for (let at = 0; at < length; at += ackBytes) acks.push(received.readDoubleLE(at))
        if (length === 0) return { acks, isClosed: true }
        if (length < received.length) return { acks, isClosed: false }
      }
    } catch (error) {
      return { acks, isClosed: (error as NodeJS.ErrnoException).code !== 'EAGAIN' }
    }
  }

  close(): void {
    this.#socket.destroy()
  }
}
