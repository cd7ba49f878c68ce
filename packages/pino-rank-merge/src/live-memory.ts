/** Bytes of a block. */
export const blockBytes: number = 2 ** 16

/** Free blocks that are kept: fewer would leave much to be collected, more would keep memory that is needed once. */
const maxFreeBlocks = 32

export interface LiveMemoryOptions {
  /** For all sources of all merges that share it, in bytes. @default 67108864 */
  maxBytes?: number
  /** For all sources of one owner, in bytes. @default 4194304 */
  maxOwnerBytes?: number
}

/**
 * The memory that live sources may fill while another source is waited for: blocks, handed out until their owner, or all owners
 * together, have as much as they may. What a merge has for each source anyway counts, too.
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

  /** Bytes that are in use. */
  get bytes(): number {
    return this.#bytes
  }

  /** Counts bytes that a merge has for itself, or, with an owner, for one of its sources. */
  reserve(bytes: number, owner?: string): void {
    this.#bytes += bytes
    if (owner !== undefined) this.#owned.set(owner, this.#ownedBy(owner) + bytes)
  }

  /** Undefined: the owner has as much as it may have now. */
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
