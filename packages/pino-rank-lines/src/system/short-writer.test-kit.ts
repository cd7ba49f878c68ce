import type { Disk, FileState } from './disk.ts'

/** A disk that takes, at each write in turn, at most so many bytes; once the pattern is over, all. */
export class ShortWriter implements Disk {
  readonly #pattern: number[]
  readonly #written: Buffer[] = []

  constructor(pattern: Iterable<number> = []) {
    this.#pattern = [...pattern]
  }

  get text(): string {
    return Buffer.concat(this.#written).toString()
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

  write(_: number, bytes: Uint8Array): number {
    const taken = Buffer.from(bytes.subarray(0, this.#pattern.shift()))
    this.#written.push(taken)
    return taken.length
  }

  sync(_: number, soon?: (error: Error | null) => void): void {
    soon?.(null)
  }

  syncFolder(): void {}

  close(): void {}
}
