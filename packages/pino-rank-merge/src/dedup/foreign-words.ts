/** Groups of objects in another layout than pino's, by what is left of them without what differs between ranks. */
export class ForeignWords {
  readonly #groups = new Map<string, number>()
  readonly #words = new Map<number, string>()

  /** The group that says this; -1: there is none. */
  find(words: string): number {
    return this.#groups.get(words) ?? -1
  }

  set(words: string, group: number): void {
    this.#groups.set(words, group)
    this.#words.set(group, words)
  }

  delete(group: number): void {
    const words = this.#words.get(group)
    if (words === undefined) return
    this.#groups.delete(words)
    this.#words.delete(group)
  }
}

/** Of an object, and the lines behind it. */
export function foreignWords(text: string): string {
  const end = text.indexOf('\n') + 1
  try {
    const { time, pid, hostname, rank, ...own } = JSON.parse(text.slice(0, end))
    return JSON.stringify(own) + text.slice(end)
  } catch {
    return text
  }
}
