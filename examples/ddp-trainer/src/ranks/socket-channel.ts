import type { Socket } from 'node:net'
import { ChannelClosed, type RingChannel } from './ring-channel.ts'
import type { SocketReader } from './socket-reader.ts'

/** Time in which all ranks must join the ring, in ms. */
export const defaultJoinTimeoutMs = 60_000

/** The connections of a rank in the ring. */
export interface RingSockets {
  /** The socket to the next rank, which connected to this rank. */
  next: Socket
  /** The socket from the previous rank, to which this rank has connected with `reader`. */
  previous: Socket
  reader: SocketReader
}

/** The two sockets of a rank in the ring. */
export class SocketChannel implements RingChannel {
  readonly #sockets: RingSockets
  readonly #rejectSends = new Set<(error: unknown) => void>()
  #isNextClosed = false
  #sendError: Error | undefined
  #receiveError: Error | undefined

  constructor(sockets: RingSockets) {
    const { next, previous } = sockets
    this.#sockets = sockets
    // The next rank sends nothing: only the end of the connection is read.
    next.resume().once('close', () => {
      this.#isNextClosed = true
    })
    // If the next rank ended first, the ranks between the two ended because of it, the previous rank last.
    // A rank that has finished the last call may end while this rank still sends to the next one. The end of the next rank does not
    // reject pending sends; a write error does.
    const onEnd = (cause?: unknown) =>
      this.#failReceives(new ChannelClosed(this.#isNextClosed ? 'next' : 'previous', cause))
    // The reader resumes it: a read would overwrite bytes that have arrived before and that nobody has received.
    previous.on('error', onEnd).once('close', () => onEnd())
    next.on('error', () => {}) // the pending or next write fails
    this.setRef(false)
    if (previous.destroyed) onEnd()
  }

  get receivedBytes(): number {
    return this.#sockets.reader.receivedBytes
  }

  async send(...arrays: Uint8Array[]): Promise<void> {
    if (this.#sendError) throw this.#sendError
    const { next } = this.#sockets
    await new Promise<void>((resolve, reject) => {
      this.#rejectSends.add(reject)
      const onWritten = (cause?: Error | null) => {
        this.#rejectSends.delete(reject)
        if (cause) reject(new ChannelClosed('next', cause))
        else resolve()
      }
      next.cork()
      for (const [index, array] of arrays.entries())
        next.write(array, index === arrays.length - 1 ? onWritten : undefined)
      next.uncork()
    })
  }

  async receive(into: Uint8Array): Promise<void> {
    const received = this.#sockets.reader.receive(into)
    if (this.#receiveError) this.#sockets.reader.fail(this.#receiveError) // bytes that had arrived before the error are received
    await received
  }

  setRef(isRef: boolean): void {
    for (const socket of [this.#sockets.next, this.#sockets.previous]) isRef ? socket.ref() : socket.unref()
  }

  fail(error: Error): void {
    this.#sendError ??= error
    for (const reject of this.#rejectSends) reject(this.#sendError)
    this.#failReceives(error)
  }

  close(): void {
    this.#sockets.next.destroySoon()
    this.#sockets.previous.destroy()
  }

  #failReceives(error: Error): void {
    this.#receiveError ??= error
    this.#sockets.reader.fail(this.#receiveError)
  }
}
