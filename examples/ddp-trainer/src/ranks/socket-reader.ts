import { connect, type NetConnectOpts, type OnReadOpts, type Socket } from 'node:net'

/** Shorter reads use a buffer, so that a short message and what follows it arrive in one read. */
const bufferBytes = 2 ** 16

/**
 * Reads a socket. Long contents are read straight into the array of the caller. Nobody has to wait for bytes: up to 64 KiB are
 * buffered, and then the socket is paused.
 */
export class SocketReader {
  /** Number of bytes that have arrived. */
  receivedBytes = 0
  readonly #buffer = new Uint8Array(bufferBytes)
  /** The bytes of the buffer that nobody has received. */
  #buffered: Uint8Array = new Uint8Array()
  /** The rest of the array that a receiver waits for. */
  #into: Uint8Array | undefined
  #resolve = (): void => {}
  #reject = (_error: unknown): void => {}
  #socket: Socket | undefined

  /** Connects to an address. The bytes that arrive are received only by this object. */
  connect(options: NetConnectOpts): Socket {
    this.#socket = connect({ ...options, onread: this.#onRead })
    return this.#socket
  }

  /** Fills `into`. Only one call may be pending. */
  async receive(into: Uint8Array): Promise<void> {
    this.#into = into
    const done = new Promise<void>((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    this.#copy()
    if (this.#buffered.length === 0) this.#socket?.resume() // does nothing if it is not paused
    await done
  }

  /** Rejects the pending call. */
  fail(error: unknown): void {
    this.#into = undefined
    this.#reject(error)
  }

  /** Copies buffered bytes to the receiver, and resolves its call if they are enough. */
  #copy(): void {
    const { length } = this.#into ?? []
    if (this.#into === undefined || length === undefined) return
    const part = this.#buffered.subarray(0, length)
    this.#into.set(part)
    this.#buffered = this.#buffered.subarray(part.length)
    this.#advance(part.length)
  }

  #advance(length: number): void {
    const rest = this.#into?.subarray(length)
    this.#into = rest?.length ? rest : undefined
    if (rest?.length === 0) this.#resolve()
  }

  get #onRead(): OnReadOpts {
    return {
      buffer: () => ((this.#into?.length ?? 0) >= bufferBytes ? (this.#into as Uint8Array) : this.#buffer),
      callback: (length, array) => {
        this.receivedBytes += length
        if (array === this.#buffer) {
          this.#buffered = this.#buffer.subarray(0, length)
          this.#copy()
        } else this.#advance(length)
        return this.#buffered.length === 0 // false pauses the socket
      },
    }
  }
}
