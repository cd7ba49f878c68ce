import { once } from 'node:events'
import { rename, rm, rmdir } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { connectWhenUp } from './connect-when-up.ts'

/** A neighbour in the ring has ended or has never joined. The failure of this rank is only a consequence of that. */
export class NeighbourLost extends Error {
  override readonly name = 'NeighbourLost'
}

/**
 * Connects the ranks of one host in a ring of Unix sockets: each rank sends to the next one and receives from the previous one. If a
 * rank dies, its sockets are closed, and a pending call of its neighbours rejects at once. A job with one rank opens no socket.
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
    for (const socket of [next, previous]) socket?.on('error', () => {}) // the next send or receive rejects with the error
  }

  /**
   * Connects to the neighbours by sockets in `directory`. The directory must be for this job alone, and is removed when all ranks have
   * joined. Rejects after `timeoutMs`.
   */
  static async join(directory: string, rank: number, worldSize: number, timeoutMs = 60_000): Promise<Ring> {
    if (worldSize === 1) return new Ring(rank, worldSize)
    const socketPath = join(directory, `${rank}`)
    const signal = AbortSignal.timeout(timeoutMs)
    const server = createServer()
    const accepted = once(server, 'connection', { signal })
    accepted.catch(() => {}) // awaited below
    try {
      await once(server.listen(`${socketPath}.new`), 'listening')
      await rename(`${socketPath}.new`, socketPath) // a neighbour finds it only when it is listening
      const next = await connectWhenUp(join(directory, `${(rank + 1) % worldSize}`), signal)
      const [previous] = await accepted
      return new Ring(rank, worldSize, next, previous)
    } catch (cause) {
      if (!signal.aborted) throw cause
      throw new NeighbourLost(`rank ${rank} waited ${timeoutMs / 1000} s for its neighbours in the ring`, { cause })
    } finally {
      server.close()
      await rm(socketPath, { force: true })
      await rmdir(directory).catch(() => {}) // succeeds for the last rank
    }
  }

  get previousRank(): number {
    return (this.rank + this.worldSize - 1) % this.worldSize
  }

  get nextRank(): number {
    return (this.rank + 1) % this.worldSize
  }

  /** Sends `send` to the next rank, and fills `into` from the previous rank. Do not change either array before it resolves. */
  async exchange(send: Uint8Array, into: Uint8Array): Promise<void> {
    await Promise.all([this.#send(send), this.#receive(into)])
  }

  /**
   * Sums `values` over all ranks, in place. All ranks get the same bits. Each rank sends 2 (N − 1) / N of the array: a reduce-scatter
   * followed by an all-gather (Patarasuk and Yuan, 2009).
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
