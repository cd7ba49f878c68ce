import type { Kernel, Layout } from '../kernel/index.ts'
import type { Places } from './plan.ts'

/** Copies planned lines into one of several output buffers, while the buffers before are being written. */
export class OutputRing {
  readonly #kernel: Kernel
  readonly #layout: Layout
  readonly #buffer: Buffer
  readonly #view: DataView
  readonly #free: number[]
  #start = -1
  #end = -1
  #index = 0

  constructor(kernel: Kernel, layout: Layout) {
    const { buffer, byteOffset, byteLength } = kernel.bytes
    this.#kernel = kernel
    this.#layout = layout
    this.#buffer = Buffer.from(buffer, byteOffset, byteLength)
    this.#view = new DataView(buffer, byteOffset, byteLength)
    this.#free = [...layout.outputs]
  }

  /**
   * Copies a plan of `count` ranges, and continues where the last call stopped. Returns false if it must be called
   * again after `take` or `release`.
   */
  copy(count: number, { from, to }: Places = this.#layout): boolean {
    const { result, outputBytes } = this.#layout
    if (this.#start === -1) {
      const free = this.#free.pop()
      if (free === undefined) return false
      this.#start = this.#end = free
    }
    this.#index = this.#kernel.emit(this.#index, count, from, to, this.#end, this.#start + outputBytes, result)
    this.#end = this.#view.getUint32(result, true)
    if (this.#index < count) return false
    this.#index = 0
    return true
  }

  /** Returns the copied lines, which are valid until {@link release}. Undefined if there are none. */
  take(): Buffer | undefined {
    if (this.#end === this.#start) return undefined
    const filled = this.#buffer.subarray(this.#start, this.#end)
    this.#start = this.#end = -1
    return filled
  }

  /** Gives back a buffer of {@link take} when it is written. */
  release(buffer: Buffer): void {
    this.#free.push(buffer.byteOffset - this.#buffer.byteOffset)
  }

  get isEmpty(): boolean {
    return this.#end === this.#start
  }
}
