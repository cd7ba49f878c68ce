import type { Source } from './merge.ts'
import type { Planner } from './planner.ts'

const nothing = new Uint8Array(0)

/** Brings one source's bytes to a planner. */
export class Inlet {
  ended = false
  readonly #from: Source
  readonly #iterator: AsyncIterator<Uint8Array> | Iterator<Uint8Array>
  readonly #planner: Planner
  readonly #source: number
  /** Bytes that there was no room for yet. */
  #rest: Uint8Array = nothing

  constructor(source: Source, index: number, planner: Planner) {
    this.#from = source
    this.#iterator = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]()
    this.#planner = planner
    this.#source = index
  }

  /** The planner has no room for what was taken. */
  get isFull(): boolean {
    return this.#rest.length > 0
  }

  /** It says nothing for now. */
  get isAway(): boolean {
    return this.#from.isAway === true
  }

  ask(): Promise<IteratorResult<Uint8Array>> | IteratorResult<Uint8Array> {
    return this.#iterator.next()
  }

  take({ value, done }: IteratorResult<Uint8Array>): void {
    if (done) {
      this.ended = true
      this.#planner.end(this.#source)
    } else this.#rest = value
  }

  /** As much as there is room for. */
  put(arrived?: number): void {
    while (this.#rest.length > 0) {
      const room = this.#planner.room(this.#source)
      if (room.length === 0) return
      const part = this.#rest.subarray(0, room.length)
      room.set(part)
      this.#planner.fed(this.#source, part.length, arrived)
      this.#rest = this.#rest.subarray(part.length)
    }
  }

  /** Nothing more is wanted. */
  close(): void {
    if (!this.ended) void this.#iterator.return?.()
  }
}
