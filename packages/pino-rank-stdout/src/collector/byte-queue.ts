const blockBytes = 2 ** 16

/** Free blocks, shared by all queues. */
const freeBlocks: Buffer[] = []
const maxFreeBlocks = 64

/** A queue of bytes in blocks that are reused, so that hundreds of queues leave no garbage. */
export class ByteQueue {
  length = 0
  readonly #blocks: Buffer[] = []
  /** Number of bytes taken from the first block, and filled in the last one. */
  #start = 0
  #end = 0
  /** True while the caller may use the bytes of the last {@link shift}. */
  #isInUse = false

  /** Appends a copy of the bytes. */
  push(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      if (this.#blocks.length === 0 || this.#end === blockBytes) {
        this.#blocks.push(freeBlocks.pop() ?? Buffer.allocUnsafeSlow(blockBytes))
        this.#end = 0
      }
      const part = bytes.subarray(at, at + blockBytes - this.#end)
      ;(this.#blocks.at(-1) as Buffer).set(part, this.#end)
      this.#end += part.length
      at += part.length
    }
    this.length += bytes.length
  }

  /**
   * Removes and returns the oldest bytes, at most a block. They are valid until the next call. Undefined if the queue
   * is empty.
   */
  shift(): Buffer | undefined {
    this.release()
    const [block] = this.#blocks
    if (!block || this.length === 0) return undefined
    const end = this.#blocks.length === 1 ? this.#end : blockBytes
    const bytes = block.subarray(this.#start, end)
    this.#start = end
    this.length -= bytes.length
    this.#isInUse = true
    return bytes
  }

  /** Gives back the bytes of the last {@link shift}. Their block becomes free if it has no other bytes. */
  release(): void {
    if (!this.#isInUse) return
    this.#isInUse = false
    if (this.length > 0 && this.#start < blockBytes) return
    const block = this.#blocks.shift() as Buffer
    if (freeBlocks.length < maxFreeBlocks) freeBlocks.push(block)
    this.#start = 0
  }
}
