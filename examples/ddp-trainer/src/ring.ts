import { once } from 'node:events'
import { rename, rm, rmdir } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { connectWhenUp } from './connect-when-up.ts'

/** A neighbour of the ring is gone: this rank only follows it. */
export class NeighbourLost extends Error {
  override readonly name = 'NeighbourLost'
}

/**
 * The ranks of one host in a circle of unix sockets: each sends to the next and receives from the one before.
 * A rank that dies closes its sockets, so that what waits for it rejects at once; a world of one opens none.
 */
export class Ring {
  readonly rank: number
  readonly worldSize: number
  readonly #next: Socket | undefined
  readonly #previous: Socket | undefined
  readonly #chunks: AsyncIterator<Buffer> | undefined
  #rest: Buffer = Buffer.alloc(0)
  #scratch = new Float32Array(0)

  private constructor(rank: number, worldSize: number, next?: Socket, previous?: Socket) {
    this.rank = rank
    this.worldSize = worldSize
    this.#next = next
    this.#previous = previous
    this.#chunks = previous?.[Symbol.asyncIterator]()
    for (const socket of [next, previous]) socket?.on('error', () => {}) // told by the next send or receive
  }

  /**
   * Meets the neighbours in `directory`, which is this world's alone and goes when all have met.
   * Rejects after `timeoutMs` without them.
   */
  static async join(directory: string, rank: number, worldSize: number, timeoutMs = 60_000): Promise<Ring> {
    if (worldSize === 1) return new Ring(rank, worldSize)
    const door = join(directory, `${rank}`)
    const signal = AbortSignal.timeout(timeoutMs)
    const server = createServer()
    const accepted = once(server, 'connection', { signal })
    accepted.catch(() => {}) // awaited below
    try {
      await once(server.listen(`${door}.new`), 'listening')
      await rename(`${door}.new`, door) // seen only when it listens
      const next = await connectWhenUp(join(directory, `${(rank + 1) % worldSize}`), signal)
      const [previous] = await accepted
      return new Ring(rank, worldSize, next, previous)
    } catch (cause) {
      if (!signal.aborted) throw cause
      throw new NeighbourLost(`rank ${rank} waited ${timeoutMs / 1000} s for its neighbours in the ring`, { cause })
    } finally {
      server.close()
      await rm(door, { force: true })
      await rmdir(directory).catch(() => {}) // the last one out
    }
  }

  get previousRank(): number {
    return (this.rank + this.worldSize - 1) % this.worldSize
  }

  get nextRank(): number {
    return (this.rank + 1) % this.worldSize
  }

  /** Sends to the next rank and fills `into` from the previous one. Neither array may be touched meanwhile. */
  async exchange(send: Uint8Array, into: Uint8Array): Promise<void> {
    await Promise.all([this.#send(send), this.#receive(into)])
  }

  /**
   * Sums `values` over all ranks, in place; all end with the same bits. Reduce-scatter, then all-gather:
   * 2 (N − 1) / N of the array per rank (Patarasuk and Yuan, 2009).
   */
  async sum(values: Float32Array): Promise<void> {
    const size = this.worldSize
    const start = (chunk: number) => Math.floor((chunk * values.length) / size)
    const chunk = (index: number) => {
      const k = (index + 2 * size) % size
      return values.subarray(start(k), start(k + 1))
    }
    if (this.#scratch.length < values.length / size) this.#scratch = new Float32Array(Math.ceil(values.length / size))
    for (let step = 0; step < size - 1; step++) {
      const mine = chunk(this.rank - step - 1)
      const theirs = this.#scratch.subarray(0, mine.length)
      await this.exchange(bytes(chunk(this.rank - step)), bytes(theirs))
      for (let i = 0; i < mine.length; i++) mine[i] = (mine[i] as number) + (theirs[i] as number)
    }
    for (let step = 0; step < size - 1; step++) {
      await this.exchange(bytes(chunk(this.rank + 1 - step)), bytes(chunk(this.rank - step)))
    }
  }

  close(): void {
    this.#next?.destroySoon()
    this.#previous?.destroy()
  }

  async #send(payload: Uint8Array): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#next?.write(payload, (cause) => (cause ? reject(this.#lost(this.nextRank, cause)) : resolve()))
    })
  }

  async #receive(into: Uint8Array): Promise<void> {
    for (let filled = 0; filled < into.length; ) {
      if (this.#rest.length === 0) {
        const chunk = await this.#chunks?.next().catch((cause) => Promise.reject(this.#lost(this.previousRank, cause)))
        if (!chunk || chunk.done) throw this.#lost(this.previousRank)
        this.#rest = chunk.value
      }
      const part = this.#rest.subarray(0, into.length - filled)
      into.set(part, filled)
      filled += part.length
      this.#rest = this.#rest.subarray(part.length)
    }
  }

  #lost(neighbour: number, cause?: unknown): NeighbourLost {
    return new NeighbourLost(`rank ${this.rank} lost rank ${neighbour}, its neighbour in the ring`, { cause })
  }
}

function bytes({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}
