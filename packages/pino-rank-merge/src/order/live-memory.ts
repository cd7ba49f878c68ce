/** Size of a block, in bytes. */
export const blockBytes: number = 2 ** 16

/**
 * Maximum number of free blocks that are reused. Fewer would cause garbage collection; more would hold memory that is
 * needed once.
 */
const maxFreeBlocks = 32

export interface LiveMemoryOptions {
  /** Limit for all sources of all merges that share this memory, in bytes. @default 67108864 */
  maxBytes?: number
  /** Limit for all sources of one owner, in bytes. @default 4194304 */
  maxOwnerBytes?: number
}

/**
 * Memory for bytes of live sources that arrive while the merge waits for another source. It returns blocks until one
 * owner, or all owners together, reach their limit. The memory that a merge always needs for a source counts too.
 */
export class LiveMemory {
  readonly #maxBytes: number
  readonly #maxOwnerBytes: number
  readonly #owned = new Map<string, number>()
  readonly #free: Buffer[] = []
  #bytes = 0

  constructor({ maxBytes = 2 ** 26, maxOwnerBytes = 2 ** 22 }: LiveMemoryOptions = {}) {
    this.#maxBytes = maxBytes
    this.#maxOwnerBytes = maxOwnerBytes
  }

  /** Number of bytes in use. */
  get bytes(): number {
    return this.#bytes
  }

  /** Counts bytes that a merge always needs: for itself or, with an owner, for one of its sources. */
  reserve(bytes: number, owner?: string): void {
    this.#bytes += bytes
    if (owner !== undefined) this.#owned.set(owner, this.#ownedBy(owner) + bytes)
  }

  /** Returns a block, or undefined if a limit is reached. */
  take(owner: string): Buffer | undefined {
    if (this.#bytes + blockBytes > this.#maxBytes) return undefined
    if (this.#ownedBy(owner) + blockBytes > this.#maxOwnerBytes) return undefined
    this.reserve(blockBytes, owner)
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(blockBytes)
  }

  release(owner: string, block: Buffer): void {
    this.reserve(-blockBytes, owner)
    if (this.#free.length < maxFreeBlocks) this.#free.push(block)
  }

  #ownedBy(owner: string): number {
    return this.#owned.get(owner) ?? 0
  }
}
