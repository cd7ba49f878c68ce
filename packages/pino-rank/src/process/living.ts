/** Below this many there is nothing to gain from looking for the dead. */
const few = 64

/**
 * Things that it does not keep alive. Holds at most twice as many references as there were living things at the last
 * look, which is taken when they have doubled: constant time for each, on average.
 */
export class Living<T extends object> {
  #references = new Set<WeakRef<T>>()
  #limit = few

  /** How many references it holds, those to the dead included. */
  get size(): number {
    return this.#references.size
  }

  add(thing: T): void {
    this.#references.add(new WeakRef(thing))
    if (this.size < this.#limit) return
    for (const _ of this); // lets go of the dead
    this.#limit = Math.max(few, 2 * this.size)
  }

  *[Symbol.iterator](): IterableIterator<T> {
    for (const reference of this.#references) {
      const thing = reference.deref()
      if (thing) yield thing
      else this.#references.delete(reference)
    }
  }
}
