import type { Socket } from 'node:net'
import { readPipe } from '../node-internals.ts'

/** Memory for reading ahead. */
export interface ReadAhead {
  /** False if the writer blocks when its pipe is full: it continues as soon as the pipe is read. */
  isNeeded(): boolean
  /** Returns undefined if there is none. */
  take(): Buffer | undefined
  release(block: Buffer): void
}

/** A writer is fast if a read returns at least this many bytes: half of a pipe. */
const fastBytes = 2 ** 15
/** How long a writer counts as fast, in ms. That covers the pause of a writer whose pipe was full: pino sleeps for 100 ms. */
const fastMs = 300
/** A fast writer is read until it has paused for this long, in ms. */
const pauseMs = 4
/** Maximum number of blocks that are read before the consumer gets them. */
const maxBlocks = 16
/** A block with less free space than this, in bytes, counts as full. */
const minRoom = 2 ** 13

/** Bytes between `start` and `end` are read, but not consumed. */
interface Block {
  bytes: Buffer
  start: number
  end: number
}

/**
 * Reads a pipe. A chunk is valid until the next one is asked for. A slow writer is read once for each chunk. A fast writer is
 * read until it pauses, so that its pipe has room while the consumer is at work.
 */
export class PipeReader implements AsyncIterable<Uint8Array>, AsyncIterator<Uint8Array> {
  /** @default none: the pipe is read when the consumer asks for bytes */
  ahead: ReadAhead | undefined
  readonly #socket: Socket
  readonly #own: Buffer
  /** Oldest first. The last one is read into. */
  #blocks: Block[]
  #fastUntil = 0
  #reads = 0
  /** True while a fast writer is read until it pauses. */
  #isGathering = false
  #isPaused = false
  #isOver = false
  /** Resolves the pending `next()`. Undefined if there is none. */
  #resolveNext: ((result: IteratorResult<Uint8Array>) => void) | undefined

  /**
   * @param fd closed by this reader
   * @param size size of the reader's own buffer, in bytes
   */
  constructor(fd: number, size: number) {
    this.#own = Buffer.allocUnsafeSlow(size)
    this.#blocks = [{ bytes: this.#own, start: 0, end: 0 }]
    this.#socket = readPipe(fd, { buffer: () => this.#room(), callback: (length) => this.#onRead(length) })
    const over = () => {
      this.#isOver = true
      this.#wake()
    }
    this.#socket.on('end', over).on('close', over)
    this.#socket.on('error', () => {}) // it closes
  }

  /** True while bytes that were read are held back until the writer pauses. */
  get hasBytes(): boolean {
    return this.#isGathering
  }

  /** Ends the stream after the bytes that were read, even if a process still has the other end open. */
  destroy(): void {
    this.#socket.destroy()
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return this
  }

  /** Returns the next chunk. Written by hand, because an async generator costs several promises for each chunk. */
  next(): Promise<IteratorResult<Uint8Array>> {
    this.#releaseConsumed()
    const result = this.#result()
    if (result) return Promise.resolve(result)
    if (this.#isPaused) this.#resume()
    return new Promise((resolve) => {
      this.#resolveNext = resolve
    })
  }

  /** Returns undefined if the consumer has to wait. */
  #result(): IteratorResult<Uint8Array> | undefined {
    if (this.#isGathering && !this.#isOver) return undefined
    const block = this.#blocks[0] as Block
    if (block.start < block.end) {
      const value = block.bytes.subarray(block.start, block.end)
      block.start = block.end
      return { value, done: false }
    }
    if (!this.#isOver) return undefined
    this.#releaseAll()
    return { value: undefined, done: true }
  }

  #wake(): void {
    const result = this.#resolveNext && this.#result()
    if (!result) return
    this.#resolveNext?.(result)
    this.#resolveNext = undefined
  }

  /** Where the next bytes go. A paused reader begins again with its own buffer. */
  #room(): Buffer {
    if (this.#isPaused) return this.#own
    const { bytes, end } = this.#blocks.at(-1) as Block
    return bytes.subarray(end)
  }

  /** @returns true to read on */
  #onRead(length: number): boolean {
    const last = this.#blocks.at(-1) as Block
    const now = performance.now()
    if (length >= Math.min(fastBytes, last.bytes.length - last.end)) this.#fastUntil = now + fastMs
    last.end += length
    this.#reads++
    this.#isPaused = now >= this.#fastUntil || !this.ahead?.isNeeded() || !this.#hasRoom(last)
    if (this.#isPaused) this.#handOver()
    else if (!this.#isGathering) this.#gather(now)
    return !this.#isPaused
  }

  #hasRoom({ bytes, end }: Block): boolean {
    if (bytes.length - end >= minRoom) return true
    const block = this.#blocks.length < maxBlocks ? this.ahead?.take() : undefined
    if (block) this.#blocks.push({ bytes: block, start: 0, end: 0 })
    return block !== undefined
  }

  /** Waits for the writer's pause. The event loop does not sleep meanwhile, because waking up takes longer than a pipe needs to fill. */
  #gather(since: number): void {
    this.#isGathering = true
    const reads = this.#reads
    setImmediate(() => {
      if (!this.#isGathering) return
      if (this.#reads !== reads) this.#gather(performance.now())
      else if (performance.now() - since < pauseMs) this.#gather(since)
      else this.#handOver()
    })
  }

  #handOver(): void {
    this.#isGathering = false
    this.#wake()
  }

  #resume(): void {
    this.#releaseAll()
    this.#isPaused = false
    this.#socket.resume()
  }

  /** Called when all bytes are consumed. */
  #releaseAll(): void {
    this.#blocks.push({ bytes: this.#own, start: 0, end: 0 })
    this.#releaseConsumed()
  }

  #releaseConsumed(): void {
    while (this.#blocks.length > 1) {
      const { bytes, start, end } = this.#blocks[0] as Block
      if (start < end) return
      this.#blocks.shift()
      if (bytes !== this.#own) this.ahead?.release(bytes)
    }
  }
}
