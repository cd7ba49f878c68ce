import { partialLength } from '../kernel/index.ts'
import type { LongLine } from './long-line.ts'
import type { Plan } from './plan.ts'
import { at, type SourceBuffers } from './source-buffers.ts'

/**
 * - `planned`: the part is planned, or a newline that is needed before it. Copy the plan, and ask again.
 * - `later`: lines of the source before it are not planned yet.
 * - `nothing`: there is no part that may be written.
 */
export type PartOutcome = 'planned' | 'later' | 'nothing'

/**
 * A line that the output ends within, because its source has not written the end yet: a prompt, a progress bar. The rest of the line
 * follows it at once when it comes. If a line of another source comes first, it gets a newline, and the rest is a line of its own.
 */
export class OpenLine {
  /** The source of the line; -1 if the output ends with a whole line. */
  source = -1
  readonly #buffers: SourceBuffers
  readonly #longLine: LongLine
  readonly #planned: Plan
  /** Place of a newline in the memory. */
  readonly #newline: number

  constructor(buffers: SourceBuffers, longLine: LongLine, planned: Plan, newline: number) {
    this.#buffers = buffers
    this.#longLine = longLine
    this.#planned = planned
    this.#newline = newline
    buffers.buffer[newline] = 10
  }

  /** Plans what a source has of a line whose end has not come. The source must not have ended. */
  planPart(source: number): PartOutcome {
    const { buffer, start, limit } = this.#buffers
    if (this.#longLine.source !== -1 || this.#buffers.hasLines(source)) return 'later'
    const from = at(start, source)
    const length = partialLength(buffer.subarray(from, at(limit, source)), source === this.source)
    if (length === 0) return 'nothing'
    if (this.source !== -1 && this.source !== source) this.planBreak()
    else {
      this.#plan(source, from, from + length)
      start[source] = from + length
      this.source = source
    }
    return 'planned'
  }

  /** Plans the rest of the line. If its source has ended without it, plans a newline. Returns false if the rest has not come. */
  planRest(): boolean {
    const { source } = this
    if (this.#buffers.hasLines(source)) {
      this.#planned.append(source, 1, 0)
      this.#planned.count = 1
      this.#longLine.begin(source)
    } else if (this.#buffers.ended[source]) {
      this.#buffers.unfinished++
      this.#plan(source, this.#newline, this.#newline + 1)
    } else return false
    this.source = -1
    return true
  }

  /** Plans a newline because a line of another source follows. If the source then writes only the newline, it is left out. */
  planBreak(): void {
    const { start, limit, broken } = this.#buffers
    const { source } = this
    this.#plan(source, this.#newline, this.#newline + 1)
    broken[source] = at(start, source) === at(limit, source) ? 1 : 0
    this.source = -1
  }

  #plan(source: number, from: number, to: number): void {
    const { last, arrivals } = this.#buffers
    this.#planned.put(0, { time: at(last, source) || at(arrivals.arrived, source), source, from, to })
    this.#planned.count = 1
  }
}
