import { RankSlot } from './rank-slot.ts'
import type { StartBarrier } from './start-barrier.ts'

/** The merge numbers its sources with 16 bits. */
const maxSlots = 65_535

/**
 * Limits for the number of spare slots. A rank may have several connections at the same time: several loggers, or child
 * processes that inherit its rank.
 */
const minSpare = 8
const maxSpare = 64

/**
 * Assigns connections to slots. A slot serves one connection at a time, and belongs to the same rank until the
 * collector ends.
 */
export class SlotTable {
  readonly slots: readonly RankSlot[]
  /** The rank of each slot. Empty if no rank has it. */
  readonly names: string[]
  /** The slots of each rank. */
  readonly #slotsOf = new Map<string, number[]>()
  /** Index of the first slot that no rank has had. */
  #unused: number
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
    for (const [at, name] of known.entries()) this.#slotsOf.set(name, [at])
    this.#unused = known.length
  }

  /** Returns the index of a free slot for the rank; `tooMany` if there is none, `unknown` if the rank may not connect. */
  find(name: string): number | 'tooMany' | 'unknown' {
    const own = this.#slotsOf.get(name)
    const free = own?.find((at) => this.slots[at]?.isAway)
    if (free !== undefined) return free
    if (!own && this.#isClosed) return 'unknown'
    if (!own && this.#slotsOf.size >= this.#maxRanks) return 'tooMany'
    return this.#unused < this.slots.length ? this.#unused : 'tooMany'
  }

  /** Gives a slot of {@link find} to the rank. Returns true if no rank has had it before. */
  take(at: number, name: string): boolean {
    if (this.names[at] !== '') return false
    this.names[at] = name
    this.#unused = at + 1
    const own = this.#slotsOf.get(name)
    if (own) own.push(at)
    else this.#slotsOf.set(name, [at])
    return true
  }
}
