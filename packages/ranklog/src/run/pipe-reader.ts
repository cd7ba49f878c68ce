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
 * Reads a pipe. A chunk is valid until the next one is asked for. A fast writer is read until it pauses, so that its pipe has room
 * while the consumer is at work. Any other is read into two buffers in turn: one is filled while the consumer has the other, and
 * the pipe is not taken from the event loop and given back for each chunk.
 */
export class PipeReader implements AsyncIterable<Uint8Array>, AsyncIterator<Uint8Array> {
  /** @default none: only the reader's own two buffers are filled before the consumer asks */
  ahead: ReadAhead | undefined
  readonly #socket: Socket
  readonly #own: readonly Buffer[]
  /** Oldest first. The last one is read into, unless the reader is paused. */
  #blocks: Block[] = []
  #fastUntil = 0
  #reads = 0
  /** True while a fast writer is read until it pauses. */
  #isGathering = false
  /** The buffer that is read into next. The reader is paused while the buffer is in use. */
  #nextOwn: Buffer
  #isPaused = false
  #isOver = false
  /** Resolves the pending `next()`. Undefined if there is none. */
  #resolveNext: ((result: IteratorResult<Uint8Array>) => void) | undefined

  /**
   * @param fd closed by this reader
   * @param size size of each of the reader's own buffers, in bytes
   */
  constructor(fd: number, size: number) {
    this.#own = [Buffer.allocUnsafeSlow(size), Buffer.allocUnsafeSlow(size)]
    this.#nextOwn = this.#own[0] as Buffer
    this.#beginOwn()
    this.#socket = readPipe(fd, { buffer: () => this.#room(), callback: (length) => this.#onRead(length) })
    const onEnd = () => {
      this.#isOver = true
      this.#wake()
    }
    this.#socket.on('end', onEnd).on('close', onEnd)
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
    if (this.#isPaused && !this.#isOver && !this.#isInUse(this.#nextOwn)) this.#resume()
    if (result) return Promise.resolve(result)
    return new Promise((resolve) => {
      this.#resolveNext = resolve
    })
  }

  /** Returns undefined if the consumer has to wait. */
  #result(): IteratorResult<Uint8Array> | undefined {
    if (this.#isGathering && !this.#isOver) return undefined
    const block = this.#blocks[0]
    if (block && block.start < block.end) {
      const value = block.bytes.subarray(block.start, block.end)
      block.start = block.end
      return { value, done: false }
    }
    if (!this.#isOver) return undefined
    this.#releaseConsumed()
    return { value: undefined, done: true }
  }

  #wake(): void {
    const result = this.#resolveNext && this.#result()
    if (!result) return
    this.#resolveNext?.(result)
    this.#resolveNext = undefined
  }

  /** Where the next bytes go. A paused reader begins with its own buffer. */
  #room(): Buffer {
    if (this.#isPaused) return this.#nextOwn
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

  /** Gives the consumer all that was read. More may be read behind it. */
  #handOver(): void {
    this.#isGathering = false
    this.#wake()
  }

  /** Reads on into a buffer of its own that the consumer does not have. If there is none, reading pauses until the older one is free. */
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
    while (this.#blocks.length > (this.#isOver ? 0 : 1)) {
      const { bytes, start, end } = this.#blocks[0] as Block
      if (start < end) return
      this.#blocks.shift()
      if (!this.#own.includes(bytes)) this.ahead?.release(bytes)
    }
  }
}
