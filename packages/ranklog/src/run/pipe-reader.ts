import { Socket, type SocketConstructorOpts } from 'node:net'

/** Where all pipes are read to: what comes is copied from here at once. */
const shared = Buffer.allocUnsafeSlow(2 ** 16)

/** Reads a pipe, a chunk at a time, and holds no more than that: there may be hundreds. */
export class PipeReader implements AsyncIterable<Uint8Array> {
  readonly #socket: Socket
  #chunk: Buffer | undefined
  #isOver = false
  #wake = () => {}

  /** @param fd ours from now on */
  constructor(fd: number) {
    const callback = (length: number) => {
      this.#chunk = Buffer.from(shared.subarray(0, length))
      this.#wake()
      return false // until it is taken
    }
    const onread = { buffer: shared, callback }
    this.#socket = new Socket({ fd, readable: true, writable: false, onread } as SocketConstructorOpts)
    const over = () => {
      this.#isOver = true
      this.#wake()
    }
    this.#socket.on('end', over).on('close', over)
    this.#socket.on('error', () => {}) // it closes
  }

  /** It ends with what has come, whoever holds its other end. */
  destroy(): void {
    this.#socket.destroy()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      const chunk = this.#chunk
      this.#chunk = undefined
      if (chunk) {
        this.#socket.resume()
        yield chunk
      } else if (this.#isOver) return
      else
        await new Promise<void>((wake) => {
          this.#wake = wake
        })
    }
  }
}
