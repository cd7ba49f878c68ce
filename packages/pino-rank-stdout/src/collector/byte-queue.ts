const blockBytes = 2 ** 16

/** Blocks that nobody uses, for all queues. */
const freeBlocks: Buffer[] = []
const maxFreeBlocks = 64

/** Bytes that wait, in blocks that are used again: hundreds of them leave nothing to be collected. */
export class ByteQueue {
  length = 0
  readonly #blocks: Buffer[] = []
  /** Of the first block: what is taken; of the last: what is filled. */
  #start = 0
  #end = 0
  #isLent = false

  /** Copies them. */
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

  /** The oldest: valid until more is asked for. Undefined: there are none. */
  shift(): Buffer | undefined {
    this.release()
    const [block] = this.#blocks
    if (!block || this.length === 0) return undefined
    const end = this.#blocks.length === 1 ? this.#end : blockBytes
    const bytes = block.subarray(this.#start, end)
    this.#start = end
    this.length -= bytes.length
    this.#isLent = true
    return bytes
  }

  /** What was lent comes back: its block is free where nothing more of it waits. */
  release(): void {
    if (!this.#isLent) return
    this.#isLent = false
    if (this.length > 0 && this.#start < blockBytes) return
    const block = this.#blocks.shift() as Buffer
    if (freeBlocks.length < maxFreeBlocks) freeBlocks.push(block)
    this.#start = 0
  }
}
