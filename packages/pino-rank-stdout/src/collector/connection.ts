import { writeSync } from 'node:fs'
import type { Socket } from 'node:net'
import { ByteQueue } from './byte-queue.ts'
import { answerBytes, answerOf, windowBytes } from './protocol.ts'
import { readInto } from './read-into.ts'
import { socketFd } from './socket-fd.ts'

/** Where all of them are read to: what comes is copied from here at once. */
const shared = Buffer.allocUnsafeSlow(2 ** 16)

/**
 * What a rank sends. All of it is read at once, for the rank itself sends no more than its window: a socket whose rank has died
 * tells so by an error, and Node drops what it had not passed on by then.
 */
export class Connection {
  readonly #socket: Socket
  readonly #queue = new ByteQueue()
  #unread: Buffer | undefined
  #isOver = false
  #wake = () => {}

  /** @param isMuch told when half of what it may send waits */
  constructor(accepted: Socket, isMuch: () => void) {
    const socket = readInto(shared, accepted, (bytes) => {
      this.#queue.push(bytes)
      if (this.#queue.length > windowBytes / 2) isMuch()
      this.#wake()
    })
    this.#socket = socket
    socket.on('error', () => {}) // it closes
    socket.on('close', () => {
      this.#isOver = true
      this.#wake()
    })
  }

  /** Something waits to be passed on. */
  get isBehind(): boolean {
    return this.#queue.length > 0
  }

  /** Until there are bytes, or will be none. */
  async some(): Promise<void> {
    while (this.#queue.length === 0 && !this.#isOver) {
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

  /** Says a last word. */
  end(count: number): void {
    this.#socket.end(answerOf(count))
  }

  /** Takes no more: what is not read stays with the rank, which is still told what is written. */
  cut(): void {
    this.#socket.pause()
    this.#isOver = true
    this.#wake()
  }

  destroy(): void {
    this.#socket.destroy()
  }
}
