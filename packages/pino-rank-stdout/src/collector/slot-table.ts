import { RankSlot } from './rank-slot.ts'
import type { StartBarrier } from './start-barrier.ts'

/** The merge numbers its sources with 16 bits. */
const maxSlots = 65_535

/**
 * Spare slots, because a rank may have several connections at once: several loggers, or child processes that inherit its rank.
 */
const minSpare = 8
const maxSpare = 64

/** Assigns connections to slots. A slot serves one connection at a time and keeps its rank until the collector ends. */
export class SlotTable {
  readonly slots: readonly RankSlot[]
  /** The rank of each slot; an empty string while no rank has it. */
  readonly names: string[]
  readonly #isClosed: boolean
  readonly #maxRanks: number

  /** @param ranks how many ranks may connect, or the names of those that may */
  constructor(ranks: number | readonly string[], startBarrier: StartBarrier) {
    const known = typeof ranks === 'number' ? [] : ranks
    this.#isClosed = typeof ranks !== 'number'
    this.#maxRanks = typeof ranks === 'number' ? ranks : ranks.length
    const spare = Math.max(minSpare, Math.min(maxSpare, this.#maxRanks))
    const count = Math.min(maxSlots, this.#maxRanks + spare)
    this.slots = Array.from({ length: count }, () => new RankSlot(startBarrier))
    this.names = Array.from({ length: count }, (_, at) => known[at] ?? '')
  }

  /** Returns the index of a free slot for the rank; `tooMany` if there is none, `unknown` if the rank may not connect. */
  find(name: string): number | 'tooMany' | 'unknown' {
    const free = this.names.findIndex((known, at) => known === name && this.slots[at]?.isAway)
    if (free !== -1) return free
    if (!this.names.includes(name)) {
      if (this.#isClosed) return 'unknown'
      if (new Set(this.names.filter((known) => known !== '')).size >= this.#maxRanks) return 'tooMany'
    }
    const unused = this.names.indexOf('')
    return unused === -1 ? 'tooMany' : unused
  }
}
