/**
 * Bytes to the next rank in the ring and from the previous one. A rank receives arrays of the lengths in which the previous rank sent
 * them, or of `pieceBytes`: a channel may send each piece as one message. After an error all pending and later operations reject.
 */
export interface RingChannel {
  /** Number of bytes that have arrived. It grows while the previous rank is alive. */
  readonly receivedBytes: number
  /** Sends arrays, in this order. Do not change them before it resolves. */
  send(...arrays: Uint8Array[]): Promise<void>
  /** Fills `into` with what the previous rank sends. Only one call may be pending. @throws {ChannelClosed} */
  receive(into: Uint8Array): Promise<void>
  /** Lets pending operations keep the process running, or not. A new channel does not. */
  setRef(isRef: boolean): void
  /** Rejects all pending and later operations with this error. Does not close the channel. */
  fail(error: Error): void
  /** As `close` of Collectives. */
  close(): void
}

/** One of the two neighbours of a rank has ended. */
export class ChannelClosed extends Error {
  readonly neighbour: 'next' | 'previous'

  constructor(neighbour: 'next' | 'previous', cause?: unknown) {
    super(`the channel of the ${neighbour} rank is closed`, cause === undefined ? {} : { cause })
    this.neighbour = neighbour
  }
}

/** Length of the arrays in which a long content is added, and which MPI sends as one message, in bytes. It is a multiple of 4. */
export const pieceBytes: number = 2 ** 18
