/** Finds groups of objects whose layout is not pino's, by their fingerprint. */
export class ForeignGroups {
  readonly #groups = new Map<string, number>()
  readonly #fingerprints = new Map<number, string>()

  /** Returns the group with this fingerprint, or -1 if there is none. */
  find(fingerprint: string): number {
    return this.#groups.get(fingerprint) ?? -1
  }

  set(fingerprint: string, group: number): void {
    this.#groups.set(fingerprint, group)
    this.#fingerprints.set(group, fingerprint)
  }

  delete(group: number): void {
    const fingerprint = this.#fingerprints.get(group)
    if (fingerprint === undefined) return
    this.#groups.delete(fingerprint)
    this.#fingerprints.delete(group)
  }
}

/** Returns the text of an object and the lines after it, without the fields that differ between ranks. */
export function foreignFingerprint(text: string): string {
  const end = text.indexOf('\n') + 1
  try {
    const { time, pid, hostname, rank, ...own } = JSON.parse(text.slice(0, end))
    return JSON.stringify(own) + text.slice(end)
  } catch {
    return text
  }
}
