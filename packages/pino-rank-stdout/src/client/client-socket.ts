import { readSync, writeSync } from 'node:fs'
import { Socket } from 'node:net'
import { ackBytes } from '../collector/index.ts'
import { socketFd } from '../node-internals.ts'

const ackBuffer = Buffer.alloc(64 * ackBytes)

/**
 * A rank's end of the connection to a collector. It writes and reads synchronously, without the event loop, so that
 * lines are sent even if the program computes for minutes or exits. It never waits.
 */
export class ClientSocket {
  readonly #socket = new Socket()
  readonly #fd: number

  /** @param onError called when the event loop finds the connection broken */
  constructor(path: string, onError: () => void) {
    this.#socket.pause() // this class reads the descriptor itself
    this.#socket.unref()
    this.#socket.once('error', onError)
    this.#socket.connect(path) // a Unix socket is connected when the call returns
    this.#fd = socketFd(this.#socket)
  }

  /** False if sockets have no descriptor, as on Windows. */
  get hasDescriptor(): boolean {
    return this.#fd !== -1
  }

  /** Returns how many bytes were written: 0 if the socket is full, -1 if the connection is closed. */
  write(bytes: Buffer): number {
    try {
      return writeSync(this.#fd, bytes)
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'EAGAIN' ? 0 : -1
    }
  }

  /** Reads the acknowledgements that have arrived. `isClosed`: no more will arrive. */
  readAcks(): { acks: number[]; isClosed: boolean } {
    const acks: number[] = []
    if (socketFd(this.#socket) !== this.#fd) return { acks, isClosed: true } // Node has closed it
    try {
      for (;;) {
        const length = readSync(this.#fd, ackBuffer)
        for (let at = 0; at < length; at += ackBytes) acks.push(ackBuffer.readDoubleLE(at))
        if (length === 0) return { acks, isClosed: true }
        if (length < ackBuffer.length) return { acks, isClosed: false }
      }
    } catch (error) {
      return { acks, isClosed: (error as NodeJS.ErrnoException).code !== 'EAGAIN' }
    }
  }

  close(): void {
    this.#socket.destroy()
  }
}
