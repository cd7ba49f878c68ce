import type { Plan } from './plan.ts'
import { at, type SourceBuffers } from './source-buffers.ts'

const newline = 10

/** A line that is longer than the memory of its source. It is planned in pieces, with no other line between them. */
export class LongLine {
  /** The source whose line is being planned; -1 if there is none. */
  source = -1
  readonly #buffers: SourceBuffers
  readonly #planned: Plan

  constructor(buffers: SourceBuffers, planned: Plan) {
    this.#buffers = buffers
    this.#planned = planned
  }

  /** Called for each planned line. Returns true if it is the first piece of a longer line. */
  begin(source: number): boolean {
    if (!this.#buffers.long[source]) return false
    this.#buffers.long[source] = 0
    this.source = source
    return true
  }

  /** Plans more of the line. Returns false if no more of it has arrived. */
  planPiece(): boolean {
    const { source } = this
    const { buffer } = this.#buffers
    const from = at(this.#buffers.start, source)
    let limit = at(this.#buffers.limit, source)
    if (from === limit) {
      if (!this.#buffers.ended[source]) return false
      this.#buffers.unfinished++
      buffer[limit] = newline
      this.#buffers.commit(source, 1)
      limit++
    }
    const end = buffer.indexOf(newline, from) // there is a newline at the limit
    const to = Math.min(end + 1, limit)
    if (end < limit) this.source = -1
    this.#planned.put(0, { time: at(this.#buffers.last, source), source, from, to })
    this.#buffers.start[source] = to
    this.#planned.count = 1
    return true
  }
}
