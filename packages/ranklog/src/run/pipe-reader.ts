import { Socket, type SocketConstructorOpts } from 'node:net'

/** Reads a pipe, a chunk at a time: valid until the next is asked for. */
export class PipeReader implements AsyncIterable<Uint8Array> {
  readonly #socket: Socket
  #chunk: Buffer | undefined
  #isOver = false
  #wake = () => {}

  /**
   * @param fd ours from now on
   * @param most bytes of a chunk
   */
  constructor(fd: number, most: number) {
    const buffer = Buffer.allocUnsafeSlow(most)
    const callback = (length: number) => {
      this.#chunk = buffer.subarray(0, length)
      this.#wake()
      return false // until the next is asked for
    }
    const onread = { buffer, callback }
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
        yield chunk
        this.#socket.resume()
      } else if (this.#isOver) return
      else
        await new Promise<void>((wake) => {
          this.#wake = wake
        })
    }
  }
}
