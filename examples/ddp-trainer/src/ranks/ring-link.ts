import type { Socket } from 'node:net'
import { CollectiveMismatch, NeighbourLost } from './ring-errors.ts'

/**
 * The two sockets of a rank in the ring. Each message is the number of the call (u32), the lengths of its name and of its content (u32
 * each, little-endian), the name, and the content.
 */
export class RingLink {
  readonly #rank: number
  readonly #worldSize: number
  readonly #next: Socket
  readonly #previous: Socket
  readonly #chunks: AsyncIterator<Buffer>
  #rest: Buffer = Buffer.alloc(0)
  #sequence = 0
  #name: Buffer = Buffer.alloc(0)

  constructor({
    rank,
    worldSize,
    next,
    previous,
  }: {
    rank: number
    worldSize: number
    next: Socket
    previous: Socket
  }) {
    this.#rank = rank
    this.#worldSize = worldSize
    this.#next = next
    this.#previous = previous
    this.#chunks = previous[Symbol.asyncIterator]()
    for (const socket of [next, previous]) socket.on('error', () => {}) // the next send or receive rejects with the error
  }

  /** Starts a call. The neighbours must be in the same call. @param name what this rank does */
  begin(name: string): void {
    this.#sequence++
    this.#name = Buffer.from(name)
  }

  /** Sends `send` to the next rank, and fills `into` from the previous rank. Do not change either array before it resolves. */
  async exchange(send: Uint8Array, into: Uint8Array): Promise<void> {
    const received = this.#receiveHeader().then((length) => {
      if (length !== into.length) throw this.#mismatch(`${this.#name} with ${length} bytes`)
      return this.#receive(into)
    })
    await Promise.all([this.#send(send), received])
  }

  /** Sends `send` to the next rank, and returns what the previous rank sends. */
  async swap(send: Uint8Array): Promise<Uint8Array> {
    const received = this.#receiveHeader().then(async (length) => {
      const into = Buffer.alloc(length)
      await this.#receive(into)
      return into
    })
    return (await Promise.all([received, this.#send(send)]))[0]
  }

  keepAlive(isKept: boolean): void {
    for (const socket of [this.#next, this.#previous]) {
      if (isKept) socket.ref()
      else socket.unref()
    }
  }

  close(): void {
    this.#next.destroySoon()
    this.#previous.destroy()
  }

  async #send(content: Uint8Array): Promise<void> {
    const header = Buffer.alloc(12 + this.#name.length)
    header.writeUInt32LE(this.#sequence, 0)
    header.writeUInt32LE(this.#name.length, 4)
    header.writeUInt32LE(content.length, 8)
    header.set(this.#name, 12)
    const next = (this.#rank + 1) % this.#worldSize
    await new Promise<void>((resolve, reject) => {
      this.#next.cork()
      this.#next.write(header)
      this.#next.write(content, (cause) => (cause ? reject(this.#lost(next, cause)) : resolve()))
      this.#next.uncork()
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
    const { previous } = this
    for (let filled = 0; filled < into.length; ) {
      if (this.#rest.length === 0) {
        const chunk = await this.#chunks.next().catch((cause) => Promise.reject(this.#lost(previous, cause)))
        if (chunk.done) throw this.#lost(previous)
        this.#rest = chunk.value
      }
      const part = this.#rest.subarray(0, into.length - filled)
      into.set(part, filled)
      filled += part.length
      this.#rest = this.#rest.subarray(part.length)
    }
  }

  get previous(): number {
    return (this.#rank + this.#worldSize - 1) % this.#worldSize
  }

  #lost(neighbour: number, cause?: unknown): NeighbourLost {
    const what = this.#name.length > 0 ? `. It was lost when rank ${this.#rank} ${this.#name}` : ''
    return new NeighbourLost(`rank ${this.#rank} lost rank ${neighbour}, its neighbour in the ring${what}`, { cause })
  }

  #mismatch(theirs: string): CollectiveMismatch {
    const mine = `rank ${this.#rank} ${this.#name}`
    const fix = 'Every rank must log the same metrics with syncDist: do not call log() or sum() on some ranks only'
    return new CollectiveMismatch(`${mine}, but rank ${this.previous} ${theirs}. ${fix}`)
  }
}
