import type { Disk, FileState } from './disk.ts'

/**
 * A disk whose writes follow a pattern: each takes at most this number of bytes, or fails with this code. After the pattern, each
 * takes everything.
 */
export class ShortWriter implements Disk {
  readonly #pattern: (number | string)[]
  readonly #written: Buffer[] = []

  constructor(pattern: Iterable<number | string> = []) {
    this.#pattern = [...pattern]
  }

  get text(): string {
    return Buffer.concat(this.#written).toString()
  }

  /** The text that each write took. */
  get pieces(): string[] {
    return this.#written.map(String)
  }

  get writes(): number {
    return this.#written.length
  }

  open(): number {
    return 3
  }

  stateOf(): FileState {
    return { dev: 1, ino: 1, size: 0, regular: true }
  }

  stateAt(): FileState | undefined {
    return this.stateOf()
  }

  isTorn(): boolean {
    return false
  }

  write(_: number, given: Uint8Array | string): number {
    const next = this.#pattern.shift()
    if (typeof next === 'string') throw Object.assign(new Error(`${next}: refused, write`), { code: next })
    const taken = Buffer.from(Buffer.from(given).subarray(0, next))
    this.#written.push(taken)
    return taken.length
  }

  sync(_: number, soon?: (error: Error | null) => void): void {
    soon?.(null)
  }

  syncFolder(): void {}

  close(): void {}
}
