import type { Socket } from 'node:net'
import { readPipe } from '../node-internals.ts'

/** Memory for reading ahead. */
export interface ReadAhead {
  /**
   * Returns true if the writer's writes to a full pipe fail with EAGAIN, so that it retries later. A writer that blocks continues
   * as soon as the pipe is read, and needs no reading ahead.
   */
  isNeeded(): boolean
  /** Returns a block of memory; undefined if there is none. */
  take(): Buffer | undefined
  release(block: Buffer): void
}

/** A writer is fast if a read returns at least this many bytes: half of a pipe. */
const fastBytes = 2 ** 15
/** How long a writer counts as fast after that, in ms. It is longer than the 100 ms that pino sleeps when its pipe is full. */
const fastMs = 300
/** A fast writer is read until it has paused for this long, in ms. */
const pauseMs = 4
/** Maximum number of blocks that are read ahead. */
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
 * Reads a pipe. A chunk is valid until the next one is requested.
 *
 * What a fast writer writes is read, and not yet passed on, until the writer pauses. So its pipe does not become full while the
 * consumer is busy. Other writers are read into two buffers in turn: one is filled while the consumer has the other. So reading
 * does not have to be paused and resumed for each chunk.
 */
export class PipeReader implements AsyncIterable<Uint8Array>, AsyncIterator<Uint8Array> {
  /** Memory for reading ahead. @default none: only the reader's own two buffers are filled ahead */
  ahead: ReadAhead | undefined
  readonly #socket: Socket
  readonly #own: readonly Buffer[]
  /** The blocks, oldest first. Reads go into the last one, unless the reader is paused. */
  #blocks: Block[] = []
  #fastUntil = 0
  #reads = 0
  /** True while the bytes of a fast writer are collected until it pauses. */
  #isGathering = false
  /** That of the own buffers which is read into next. While the consumer still has it, the reader is paused. */
  #nextOwn: Buffer
  #isPaused = false
  #hasEnded = false
  /** Resolves the pending `next()`. Undefined if there is none. */
  #resolveNext: ((result: IteratorResult<Uint8Array>) => void) | undefined

  /**
   * @param fd the descriptor, which this reader closes
   * @param size size of each of the reader's own buffers, in bytes
   */
  constructor(fd: number, size: number) {
    this.#own = [Buffer.allocUnsafeSlow(size), Buffer.allocUnsafeSlow(size)]
    this.#nextOwn = this.#own[0] as Buffer
    this.#beginOwn()
    this.#socket = readPipe(fd, { buffer: () => this.#room(), callback: (length) => this.#onRead(length) })
    const onEnd = () => {
      this.#hasEnded = true
      this.#wake()
    }
    this.#socket.on('end', onEnd).on('close', onEnd)
    this.#socket.on('error', () => {}) // `close` follows
  }

  /** True while bytes that were read are held back until the writer pauses. */
  get hasBytes(): boolean {
    return this.#isGathering
  }

  /** Ends the stream after the bytes that were read, even if a process still has the other end of the pipe open. */
  destroy(): void {
    this.#socket.destroy()
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return this
  }

  /** Returns the next chunk. Not an async generator, because that costs several promises for each chunk. */
  next(): Promise<IteratorResult<Uint8Array>> {
    this.#releaseConsumed()
    const result = this.#result()
    if (this.#isPaused && !this.#hasEnded && !this.#isInUse(this.#nextOwn)) this.#resume()
    if (result) return Promise.resolve(result)
    return new Promise((resolve) => {
      this.#resolveNext = resolve
    })
  }

  /** Returns the next result; undefined if the consumer has to wait. */
  #result(): IteratorResult<Uint8Array> | undefined {
    if (this.#isGathering && !this.#hasEnded) return undefined
    const block = this.#blocks[0]
    if (block && block.start < block.end) {
      const value = block.bytes.subarray(block.start, block.end)
      block.start = block.end
      return { value, done: false }
    }
    if (!this.#hasEnded) return undefined
    this.#releaseConsumed()
    return { value: undefined, done: true }
  }

  #wake(): void {
    const result = this.#resolveNext && this.#result()
    if (!result) return
    this.#resolveNext?.(result)
    this.#resolveNext = undefined
  }

  /** Returns the memory for the next read. A paused reader starts with one of its own buffers. */
  #room(): Buffer {
    if (this.#isPaused) return this.#nextOwn
    const { bytes, end } = this.#blocks.at(-1) as Block
    return bytes.subarray(end)
  }

  /** Handles a read. Returns false to pause. */
  #onRead(length: number): boolean {
    const last = this.#blocks.at(-1) as Block
    const now = performance.now()
    if (length >= Math.min(fastBytes, last.bytes.length - last.end)) this.#fastUntil = now + fastMs
    last.end += length
    this.#reads++
    if (now < this.#fastUntil && this.ahead?.isNeeded() && this.#hasRoom(last)) {
      if (!this.#isGathering) this.#gather(now)
    } else {
      this.#switchToOwn()
      this.#handOver()
    }
    return !this.#isPaused
  }

  #hasRoom({ bytes, end }: Block): boolean {
    if (bytes.length - end >= minRoom) return true
    const block = this.#blocks.length < maxBlocks ? this.ahead?.take() : undefined
    if (block) this.#blocks.push({ bytes: block, start: 0, end: 0 })
    return block !== undefined
  }

  /** Waits until the writer pauses. `setImmediate` keeps the event loop awake, because a pipe fills faster than a thread wakes up. */
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

  /** Passes all bytes that were read to the consumer. */
  #handOver(): void {
    this.#isGathering = false
    this.#wake()
  }

  /** Continues reading in an own buffer that the consumer does not use. If it uses both, pauses until one is free. */
  #switchToOwn(): void {
    const isOwn = (buffer: Buffer) => this.#own.includes(buffer)
    const free = this.#own.find((buffer) => !this.#isInUse(buffer))
    this.#nextOwn = free ?? (this.#blocks.find(({ bytes }) => isOwn(bytes)) as Block).bytes
    if (free) this.#beginOwn()
    else this.#isPaused = true
  }

  #resume(): void {
    this.#isPaused = false
    this.#beginOwn()
    this.#socket.resume()
  }

  #beginOwn(): void {
    this.#blocks.push({ bytes: this.#nextOwn, start: 0, end: 0 })
  }

  #isInUse(buffer: Buffer): boolean {
    return this.#blocks.some(({ bytes }) => bytes === buffer)
  }

  #releaseConsumed(): void {
    while (this.#blocks.length > (this.#hasEnded ? 0 : 1)) {
      const { bytes, start, end } = this.#blocks[0] as Block
      if (start < end) return
      this.#blocks.shift()
      if (!this.#own.includes(bytes)) this.ahead?.release(bytes)
    }
  }
}
