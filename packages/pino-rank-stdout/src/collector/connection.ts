import { readSync, writeSync } from 'node:fs'
import type { Socket } from 'node:net'
import { readInto, socketFd } from '../node-internals.ts'
import { ByteQueue } from './byte-queue.ts'
import { ackBytes, encodeAck, startWindowBytes } from './protocol.ts'

/** The buffer that all connections are read into. Its content is copied at once. */
const readBuffer = Buffer.allocUnsafeSlow(2 ** 16)

/**
 * The bytes that a rank sends. While some of them are not passed on yet, the next ones stay in the system's buffers,
 * except within the start window.
 */
export class Connection {
  readonly #socket: Socket
  readonly #queue = new ByteQueue()
  #unshifted: Buffer | undefined
  #isEnded = false
  #wake = () => {}

  /**
   * @param mayReadAhead called when more bytes have come; false pauses the socket
   * @param onClose called when the socket is closed
   */
  constructor(accepted: Socket, mayReadAhead: () => boolean, onClose: () => void = () => {}) {
    const socket = readInto(readBuffer, accepted, (bytes) => {
      this.#queue.push(bytes)
      if (!mayReadAhead()) socket.pause()
      this.#wake()
    })
    this.#socket = socket
    socket.on('error', () => {}) // it closes
    socket.on('close', () => {
      this.#isEnded = true
      this.#wake()
      onClose()
    })
  }

  /** Number of bytes that are not passed on yet. */
  get waiting(): number {
    return this.#queue.length
  }

  /** Resolves when there are bytes, or when none will follow. */
  async untilReadable(): Promise<void> {
    while (this.#queue.length === 0 && !this.#isEnded) {
      if (this.#socket.isPaused()) this.#socket.resume()
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  /** Returns the next bytes. They are valid until the next call. Undefined: none will follow. */
  async next(): Promise<Buffer | undefined> {
    const unshifted = this.#unshifted
    this.#unshifted = undefined
    if (unshifted) return unshifted
    this.#queue.release()
    await this.untilReadable()
    return this.#queue.shift()
  }

  /** Puts back what was read too far. */
  unshift(bytes: Buffer): void {
    if (bytes.length > 0) this.#unshifted = Buffer.from(bytes)
  }

  /** Returns false if the socket takes none now. */
  sendAck(count: number): boolean {
    try {
      return writeSync(socketFd(this.#socket), encodeAck(count)) === ackBytes
    } catch {
      return false // the rank has ended, but what it sent is still read
    }
  }

  /** Sends a last acknowledgement and closes the connection. */
  end(count: number): void {
    this.#socket.end(encodeAck(count), () => this.#socket.destroy())
  }

  /** Ends after the bytes that have arrived. The rank keeps the others, and still gets acknowledgements. */
  stopReading(): void {
    this.#socket.pause()
    this.#readBuffered()
    this.#isEnded = true
    this.#wake()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  /** Reads the bytes that the system has buffered. */
  #readBuffered(): void {
    const fd = socketFd(this.#socket)
    if (fd === -1) return
    try {
      while (this.#queue.length < startWindowBytes) {
        const length = readSync(fd, readBuffer)
        if (length === 0) return
        this.#queue.push(readBuffer.subarray(0, length))
      }
    } catch {
      // nothing is left, or the rank has died
    }
  }
}
