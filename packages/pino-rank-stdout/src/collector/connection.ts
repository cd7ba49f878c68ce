import { writeSync } from 'node:fs'
import type { Socket } from 'node:net'
import { answerBytes, answerOf, windowBytes } from './protocol.ts'
import { socketFd } from './socket-fd.ts'

/**
 * What a rank sends. All of it is read at once, for the rank itself sends no more than its window: a socket whose rank has died
 * tells so by an error, and Node drops what it had not passed on by then.
 */
export class Connection {
  readonly #socket: Socket
  readonly #chunks: Buffer[] = []
  #length = 0
  #isOver = false
  #wake = () => {}

  /** @param isMuch told when half of what it may send waits */
  constructor(socket: Socket, isMuch: () => void) {
    this.#socket = socket
    socket.on('error', () => {}) // it closes
    socket.on('close', () => {
      this.#isOver = true
      this.#wake()
    })
    socket.on('data', (chunk) => {
      this.#chunks.push(chunk)
      this.#length += chunk.length
      if (this.#length > windowBytes / 2) isMuch()
      this.#wake()
    })
  }

  /** Something waits to be passed on. */
  get isBehind(): boolean {
    return this.#chunks.length > 0
  }

  /** Until there are bytes, or will be none. */
  async some(): Promise<void> {
    while (this.#chunks.length === 0 && !this.#isOver) {
      await new Promise<void>((wake) => {
        this.#wake = wake
      })
    }
  }

  /** The next bytes; undefined: there will be none. */
  async next(): Promise<Buffer | undefined> {
    await this.some()
    const chunk = this.#chunks.shift()
    this.#length -= chunk?.length ?? 0
    return chunk
  }

  /** Puts back what was read too far. */
  unread(bytes: Buffer): void {
    if (bytes.length === 0) return
    this.#chunks.unshift(bytes)
    this.#length += bytes.length
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
    this.#socket.pause().removeAllListeners('data')
    this.#isOver = true
    this.#wake()
  }

  destroy(): void {
    this.#socket.destroy()
  }
}
