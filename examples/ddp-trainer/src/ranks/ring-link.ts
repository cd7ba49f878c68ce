import type { Socket } from 'node:net'
import { CollectiveMismatch, NeighbourLost } from './ring-errors.ts'

/** Time in which all ranks must join the ring, in ms. */
export const defaultJoinTimeoutMs = 60_000

/** The connections of a rank in the ring. */
export interface RingSockets {
  /** The socket to the next rank. */
  next: Socket
  /** The socket from the previous rank. */
  previous: Socket
}

/** What a link connects. */
export interface Neighbours extends RingSockets {
  rank: number
  worldSize: number
}

/**
 * The two sockets of a rank in the ring. Each message is the number of the call (u32), the lengths of its name and of its content (u32
 * each, little-endian), the name, and the content. The sockets keep the process running only during a call.
 */
export class RingLink {
  readonly #neighbours: Neighbours
  readonly #nextRank: number
  readonly #previousRank: number
  readonly #chunks: AsyncIterator<Buffer>
  #rest: Buffer = Buffer.alloc(0)
  #sequence = 0
  #name: Buffer = Buffer.alloc(0)
  #isNextClosed = false

  constructor(neighbours: Neighbours) {
    const { rank, worldSize, next, previous } = neighbours
    this.#neighbours = neighbours
    this.#nextRank = (rank + 1) % worldSize
    this.#previousRank = (rank + worldSize - 1) % worldSize
    this.#chunks = previous[Symbol.asyncIterator]()
    // the next rank sends nothing: only the end of the connection is read
    next.resume().once('close', () => {
      this.#isNextClosed = true
    })
    for (const socket of [next, previous]) socket.unref().on('error', () => {}) // the next send or receive rejects with the error
  }

  /** Starts a call. The neighbours must be in the same call. @param name what this rank does */
  begin(name: string): void {
    this.#sequence++
    this.#name = Buffer.from(name)
  }

  /** Sends `send` to the next rank, and fills `into` from the previous rank. Do not change either array before it resolves. */
  async exchange(send: Uint8Array, into: Uint8Array): Promise<void> {
    await this.#message(send, (length) => {
      if (length !== into.length) throw this.#mismatch(`${this.#name} with ${length} bytes`)
      return into
    })
  }

  /** Sends `send` to the next rank, and returns what the previous rank sends. */
  async swap(send: Uint8Array): Promise<Uint8Array> {
    return this.#message(send, (length) => Buffer.alloc(length))
  }

  close(): void {
    this.#neighbours.next.destroySoon()
    this.#neighbours.previous.destroy()
  }

  /** Sends one message and receives one. @param place returns the array for a content of this length */
  async #message(send: Uint8Array, place: (length: number) => Uint8Array): Promise<Uint8Array> {
    const { next, previous } = this.#neighbours
    next.ref()
    previous.ref()
    const receive = async () => {
      const into = place(await this.#receiveHeader())
      await this.#receive(into)
      return into
    }
    try {
      return (await Promise.all([receive(), this.#send(send)]))[0]
    } finally {
      next.unref()
      previous.unref()
    }
  }

  async #send(content: Uint8Array): Promise<void> {
    const header = Buffer.alloc(12 + this.#name.length)
    header.writeUInt32LE(this.#sequence, 0)
    header.writeUInt32LE(this.#name.length, 4)
    header.writeUInt32LE(content.length, 8)
    header.set(this.#name, 12)
    const { next } = this.#neighbours
    await new Promise<void>((resolve, reject) => {
      next.cork()
      next.write(header)
      next.write(content, (cause) => (cause ? reject(this.#lost(this.#nextRank, cause)) : resolve()))
      next.uncork()
    })
  }

  /** Returns the length of the content that follows. @throws {CollectiveMismatch} if the previous rank is in another call */
  async #receiveHeader(): Promise<number> {
    const header = Buffer.alloc(12)
    await this.#receive(header)
    const name = Buffer.alloc(header.readUInt32LE(4))
    await this.#receive(name)
    if (header.readUInt32LE(0) !== this.#sequence || !name.equals(this.#name)) throw this.#mismatch(name.toString())
    return header.readUInt32LE(8)
  }

  async #receive(into: Uint8Array): Promise<void> {
    for (let filled = 0; filled < into.length; ) {
      if (this.#rest.length === 0) {
        const chunk = await this.#chunks.next().catch((cause) => Promise.reject(this.#lostFirst(cause)))
        if (chunk.done) throw this.#lostFirst()
        this.#rest = chunk.value
      }
      const part = this.#rest.subarray(0, into.length - filled)
      into.set(part, filled)
      filled += part.length
      this.#rest = this.#rest.subarray(part.length)
    }
  }

  /**
   * Returns the error for the end of the connection from the previous rank. If the next rank ended first, it names that one: the ranks
   * between the two then ended because of it, the previous rank last.
   */
  #lostFirst(cause?: unknown): NeighbourLost {
    return this.#lost(this.#isNextClosed ? this.#nextRank : this.#previousRank, cause)
  }

  #lost(neighbour: number, cause?: unknown): NeighbourLost {
    const what = this.#name.length > 0 ? `. It was lost when rank ${this.#neighbours.rank} ${this.#name}` : ''
    const message = `rank ${this.#neighbours.rank} lost rank ${neighbour}, its neighbour in the ring${what}`
    return new NeighbourLost(message, cause === undefined ? {} : { cause })
  }

  #mismatch(theirs: string): CollectiveMismatch {
    const mine = `rank ${this.#neighbours.rank} ${this.#name}`
    const fix = 'Every rank must log the same metrics with syncDist: do not call log() or sum() on some ranks only'
    return new CollectiveMismatch(`${mine}, but rank ${this.#previousRank} ${theirs}. ${fix}`)
  }
}
