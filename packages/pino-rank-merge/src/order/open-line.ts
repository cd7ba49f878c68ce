import { partialLength } from '../kernel/index.ts'
import type { LongLine } from './long-line.ts'
import type { Plan } from './plan.ts'
import { at, type SourceBuffers } from './source-buffers.ts'

/**
 * - `planned`: the part is planned, or a newline that must come before it. Copy the plan, and call again.
 * - `later`: earlier lines of the source are not planned yet.
 * - `nothing`: there is no part that may be written.
 */
export type PartOutcome = 'planned' | 'later' | 'nothing'

/**
 * An incomplete line at the end of the output, for example a prompt or a progress bar. Its rest is written as soon as
 * it arrives. If a line of another source comes first, the incomplete line gets a newline, and its rest becomes a line
 * of its own.
 */
export class OpenLine {
  /** The source of the line; -1 if the output ends with a whole line. */
  source = -1
  readonly #buffers: SourceBuffers
  readonly #longLine: LongLine
  readonly #planned: Plan
  /** Offset of a newline in the memory. */
  readonly #newline: number

  constructor(buffers: SourceBuffers, longLine: LongLine, planned: Plan, newline: number) {
    this.#buffers = buffers
    this.#longLine = longLine
    this.#planned = planned
    this.#newline = newline
    buffers.buffer[newline] = 10
  }

  /** Plans the part of an incomplete line that has arrived. The source must not have ended. */
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

  /**
   * Plans the rest of the line. If its source has ended without it, plans a newline. Returns false if the rest has
   * not arrived.
   */
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

  /**
   * Plans a newline because a line of another source follows. If the source later sends only the newline, that one is
   * dropped.
   */
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
