import { readSync, writeSync } from 'node:fs'
import type { Socket } from 'node:net'
import { readInto, socketFd } from '../node-internals.ts'
import { ByteQueue } from './byte-queue.ts'
import { answerBytes, answerOf, startBytes } from './protocol.ts'

/** Where all of them are read to: what comes is copied from here at once. */
const shared = Buffer.allocUnsafeSlow(2 ** 16)

/** What a rank sends: it waits in the system's memory while something of it waits in ours, but within the start window. */
export class Connection {
  readonly #socket: Socket
  readonly #queue = new ByteQueue()
  #unread: Buffer | undefined
  #isOver = false
  #wake = () => {}

  /** @param reads told of more that waits; false: enough for now */
  constructor(accepted: Socket, reads: () => boolean) {
    const socket = readInto(shared, accepted, (bytes) => {
      this.#queue.push(bytes)
      if (!reads()) socket.pause()
      this.#wake()
    })
    this.#socket = socket
    socket.on('error', () => {}) // it closes
    socket.on('close', () => {
      this.#isOver = true
      this.#wake()
    })
  }

  /** Bytes that wait to be passed on. */
  get waiting(): number {
    return this.#queue.length
  }

  /** Until there are bytes, or will be none. */
  async some(): Promise<void> {
    while (this.#queue.length === 0 && !this.#isOver) {
      if (this.#socket.isPaused()) this.#socket.resume()
      await new Promise<void>((wake) => {
        this.#wake = wake
      })
    }
  }

  /** The next bytes, valid until more are asked for; undefined: there will be none. */
  async next(): Promise<Buffer | undefined> {
    const unread = this.#unread
    this.#unread = undefined
    if (unread) return unread
    this.#queue.release()
    await this.some()
    return this.#queue.shift()
  }

  /** Puts back what was read too far. */
  unread(bytes: Buffer): void {
    if (bytes.length > 0) this.#unread = Buffer.from(bytes)
  }

  /** False: it takes none now. */
  answer(count: number): boolean {
    try {
      return writeSync(socketFd(this.#socket), answerOf(count)) === answerBytes
    } catch {
      return false // it has gone, and what it sent is read nevertheless
    }
  }

  /** Says a last word, and hears no more. */
  end(count: number): void {
    this.#socket.end(answerOf(count), () => this.#socket.destroy())
  }

  /** Ends with what has come: the rest stays with the rank, which is still told what is written. */
  cut(): void {
    this.#socket.pause()
    this.#drain()
    this.#isOver = true
    this.#wake()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  /** What the system has of it. */
  #drain(): void {
    const fd = socketFd(this.#socket)
    if (fd === -1) return
    try {
      while (this.#queue.length < startBytes) {
        const length = readSync(fd, shared)
        if (length === 0) return
        this.#queue.push(shared.subarray(0, length))
      }
    } catch {
      // nothing is left, or the rank has died
    }
  }
}
