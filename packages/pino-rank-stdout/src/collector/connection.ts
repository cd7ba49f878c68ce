import { readSync, writeSync } from 'node:fs'
import type { Socket } from 'node:net'
import { readInto, socketFd } from '../node-internals.ts'
import { ByteQueue } from './byte-queue.ts'
import { ackBytes, encodeAck, startWindowBytes } from './protocol.ts'

/** The buffer that all connections are read into. Its content is copied after each read. */
const readBuffer = Buffer.allocUnsafeSlow(2 ** 16)

/**
 * The bytes that a rank sends. They are read one piece at a time: while a piece is not passed on, the next bytes stay
 * in the system's buffers. Only within the start window are they read ahead.
 */
export class Connection {
  readonly #socket: Socket
  readonly #queue = new ByteQueue()
  #unshifted: Buffer | undefined
  #isEnded = false
  #wake = () => {}

  /**
   * @param mayReadAhead called when bytes have arrived. If it returns false, the socket is paused
   * @param onClose called when the socket is closed
   */
  constructor(accepted: Socket, mayReadAhead: () => boolean, onClose: () => void = () => {}) {
    const socket = readInto(readBuffer, accepted, (bytes) => {
      this.#queue.push(bytes)
      if (!mayReadAhead()) socket.pause()
      this.#wake()
    })
    this.#socket = socket
    socket.on('error', () => {}) // 'close' follows
    socket.on('close', () => {
      this.#isEnded = true
      this.#wake()
      onClose()
    })
  }

  /** Number of bytes that were read and not passed on. */
  get waiting(): number {
    return this.#queue.length
  }

  /** Resolves when there are bytes, or when the connection has ended. */
  async untilReadable(): Promise<void> {
    while (this.#queue.length === 0 && !this.#isEnded) {
      if (this.#socket.isPaused()) this.#socket.resume()
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  /** Returns the next bytes, which are valid until the next call. Undefined at the end of the connection. */
  async next(): Promise<Buffer | undefined> {
    const unshifted = this.#unshifted
    this.#unshifted = undefined
    if (unshifted) return unshifted
    this.#queue.release()
    await this.untilReadable()
    return this.#queue.shift()
  }

  /** Puts back bytes that were read but are not needed yet. */
  unshift(bytes: Buffer): void {
    if (bytes.length > 0) this.#unshifted = Buffer.from(bytes)
  }

  /** Sends an acknowledgement. Returns false if the socket is full or closed. */
  sendAck(count: number): boolean {
    try {
      return writeSync(socketFd(this.#socket), encodeAck(count)) === ackBytes
    } catch {
      return false // the rank has ended; the bytes that it sent are still read
    }
  }

  /** Sends a last acknowledgement and closes the connection. */
  end(count: number): void {
    this.#socket.end(encodeAck(count), () => this.#socket.destroy())
  }

  /** Ends after the bytes that have arrived. The rank still gets acknowledgements, and writes its other bytes itself. */
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
      // no bytes are left, or the rank has died
    }
  }
}
