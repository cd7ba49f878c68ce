import { writeSync } from 'node:fs'
import type { Socket } from 'node:net'
import { answerBytes, answerOf } from './protocol.ts'
import { socketFd } from './socket-fd.ts'

/**
 * What a rank sends. All of it is read at once, for the rank itself sends no more than its window: a socket whose rank has died
 * tells so by an error, and Node drops what it had not passed on by then.
 */
export class Connection {
  readonly #socket: Socket
  readonly #chunks: Buffer[] = []
  #isOver = false
  #wake = () => {}

  constructor(socket: Socket) {
    this.#socket = socket
    socket.on('error', () => {}) // it closes
    socket.on('close', () => {
      this.#isOver = true
      this.#wake()
    })
    socket.on('data', (chunk) => {
      this.#chunks.push(chunk)
      this.#wake()
    })
  }

  /** Something waits to be passed on. */
  get isBehind(): boolean {
    return this.#chunks.length > 0
  }

  /** The next bytes; undefined: there will be none. */
  async next(): Promise<Buffer | undefined> {
    while (this.#chunks.length === 0 && !this.#isOver) {
      await new Promise<void>((wake) => {
        this.#wake = wake
      })
    }
    return this.#chunks.shift()
  }

  /** Puts back what was read too far. */
  unread(bytes: Buffer): void {
    if (bytes.length > 0) this.#chunks.unshift(bytes)
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
