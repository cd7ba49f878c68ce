import type { Backlog } from './backlog.ts'
import type { Planner } from './planner.ts'
import type { Source } from './source.ts'

const nothing = new Uint8Array(0)

/** Reads one source, and passes its bytes to a planner. */
export class SourceReader {
  /** True when the source has ended. Its last bytes may still wait for room. */
  isEnded = false
  /** Live: arrival time of the last bytes, in ms since 1970. */
  arrived = 0
  readonly #input: Source
  readonly #iterator: AsyncIterator<Uint8Array> | Iterator<Uint8Array>
  readonly #planner: Planner
  readonly #source: number
  readonly #backlog: Backlog | undefined
  /** Bytes that there was no room for yet. */
  #rest: Uint8Array = nothing

  /** @param backlog buffers bytes that the planner has no room for, so that the source can be read further */
  constructor(source: Source, index: number, planner: Planner, backlog?: Backlog) {
    this.#input = source
    this.#iterator = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]()
    this.#planner = planner
    this.#source = index
    this.#backlog = backlog
  }

  /** True if there was no room for all bytes of the last read. The source must then not be read. */
  get isFull(): boolean {
    return this.#rest.length > 0
  }

  /** True if the source has delivered bytes that the planner does not have yet. */
  get isAhead(): boolean {
    return this.isFull || this.#waiting > 0
  }

  /** True if bytes have arrived that the source has not delivered yet. */
  get hasBytes(): boolean {
    return this.#input.hasBytes === true
  }

  /** True if the source is disconnected for now. */
  get isAway(): boolean {
    return this.#input.isAway === true
  }

  /** Reports whether the source's program is computing, so that it may hold lines back. */
  isComputing(silentMs: number): boolean {
    return this.#input.isComputing?.(silentMs) === true
  }

  get #waiting(): number {
    return this.#backlog?.length ?? 0
  }

  read(): Promise<IteratorResult<Uint8Array>> | IteratorResult<Uint8Array> {
    return this.#iterator.next()
  }

  /** Takes the result of a read. @param arrived live: the current time, in ms since 1970 */
  take({ value, done }: IteratorResult<Uint8Array>, arrived = 0): void {
    if (done) {
      this.isEnded = true
      this.#end()
    } else {
      this.#rest = value
      this.arrived = arrived
    }
  }

  /** Passes as many bytes to the planner as there is room for. */
  put(): void {
    this.#putBacklog()
    while (this.#rest.length > 0 && this.#waiting === 0) {
      const room = this.#planner.room(this.#source)
      if (room.length === 0) break
      const part = this.#rest.subarray(0, room.length)
      room.set(part)
      this.#planner.commit(this.#source, part.length, this.arrived)
      this.#rest = this.#rest.subarray(part.length)
    }
    if (this.#backlog && this.#rest.length > 0 && this.#input.canReadAhead !== false)
      this.#rest = this.#rest.subarray(this.#backlog.push(this.#rest, this.arrived))
    this.#end()
  }

  #putBacklog(): void {
    const backlog = this.#backlog
    while (backlog && backlog.length > 0) {
      const room = this.#planner.room(this.#source)
      if (room.length === 0) return
      const { bytes, at } = backlog.first(room.length)
      room.set(bytes)
      this.#planner.commit(this.#source, bytes.length, at)
      backlog.shift(bytes.length)
    }
  }

  #end(): void {
    if (this.isEnded && !this.isAhead) this.#planner.end(this.#source)
  }

  /** Closes the source. Bytes that were not read are lost. */
  close(): void {
    if (!this.isEnded) void this.#iterator.return?.()
    if (this.#backlog) while (this.#backlog.length > 0) this.#backlog.shift(this.#backlog.first(2 ** 16).bytes.length)
  }
}
