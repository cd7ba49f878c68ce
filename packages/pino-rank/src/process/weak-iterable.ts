/** With fewer references than this, dead ones are not removed. */
const minLimit = 64

/**
 * An iterable over objects that it does not keep alive. It removes references to dead objects whenever the number of references
 * has doubled, so that adding takes constant time on average.
 */
export class WeakIterable<T extends object> {
  #references = new Set<WeakRef<T>>()
  #limit = minLimit

  /** Number of references, including those to dead objects. */
  get size(): number {
    return this.#references.size
  }

  add(object: T): void {
    this.#references.add(new WeakRef(object))
    if (this.size < this.#limit) return
    for (const _ of this); // removes the references to dead objects
    this.#limit = Math.max(minLimit, 2 * this.size)
  }

  *[Symbol.iterator](): IterableIterator<T> {
    for (const reference of this.#references) {
      const object = reference.deref()
      if (object) yield object
      else this.#references.delete(reference)
    }
  }
}
