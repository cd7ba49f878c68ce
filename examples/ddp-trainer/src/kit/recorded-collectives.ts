import type { Call, Collectives } from '../ranks/collectives.ts'

/** Passes the calls on to other collectives, and records them. */
export class RecordedCollectives implements Collectives {
  readonly rank: number
  readonly worldSize: number
  /** Each call that has started: what this rank does, and the bytes that it gives. */
  readonly calls: { what: string; bytes: number }[] = []
  readonly #collectives: Collectives

  constructor(collectives: Collectives) {
    this.#collectives = collectives
    this.rank = collectives.rank
    this.worldSize = collectives.worldSize
  }

  allReduce(values: Float32Array, call: Call): Promise<void> {
    this.#record(call, values.byteLength)
    return this.#collectives.allReduce(values, call)
  }

  allGather(mine: Uint8Array, call: Call): Promise<Uint8Array[]> {
    this.#record(call, mine.byteLength)
    return this.#collectives.allGather(mine, call)
  }

  broadcast(mine: Uint8Array, call: Call): Promise<Uint8Array> {
    this.#record(call, mine.byteLength)
    return this.#collectives.broadcast(mine, call)
  }

  barrier(call: Call): Promise<void> {
    this.#record(call, 0)
    return this.#collectives.barrier(call)
  }

  close(): void {
    this.#collectives.close()
  }

  #record({ what }: Call, bytes: number): void {
    this.calls.push({ what, bytes })
  }
}
