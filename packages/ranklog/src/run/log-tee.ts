import { Readable } from 'node:stream'
import { systemClock } from 'pino-rank-lines/system'
import { partialLength } from 'pino-rank-merge/core'
import type { RankLog } from './rank-log.ts'
import type { OutputProgress, RankStream } from './run-output.ts'

const newline = 10
/** Maximum length of a line that is copied whole, in bytes. A line of the rank's other stream may get into a longer one. */
const maxLineBytes = 2 ** 20

/**
 * Passes a rank's stream on unchanged, and copies it to the rank's log in whole lines. Text whose newline does not arrive, for
 * example a prompt, is copied without it after `partMs`. A chunk is valid until the next one is requested. It is not an async
 * generator, because that costs several promises for each chunk.
 */
export class LogTee implements RankStream, AsyncIterator<Uint8Array> {
  readonly #stream: RankStream
  readonly #logOf: () => RankLog
  readonly #progress: OutputProgress
  readonly #partMs: number
  #chunks: AsyncIterator<Uint8Array> | undefined
  #log: RankLog | undefined
  /** The beginning of a line whose end has not arrived. */
  #fragment: Uint8Array[] = []
  #fragmentBytes = 0
  /** Time when the first byte of the fragment arrived, on the clock of `performance.now()`. */
  #fragmentAt = 0
  /** True if the beginning of the fragment's line is already in the log. */
  #isContinued = false
  #hasTimer = false

  /**
   * @param logOf returns the log. Called when the first bytes arrive, because the rank of a stream may be unknown before
   * @param progress counts the bytes
   * @param partMs how long text without a newline waits for it, in ms
   */
  constructor(stream: RankStream, logOf: () => RankLog, progress: OutputProgress, partMs: number) {
    this.#stream = stream
    this.#logOf = logOf
    this.#progress = progress
    this.#partMs = partMs
  }

  get isAway(): boolean {
    return this.#stream.isAway === true
  }

  get hasBytes(): boolean {
    return this.#stream.hasBytes === true
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    this.#chunks = (this.#stream instanceof Readable ? untilDestroyed(this.#stream) : this.#stream)[
      Symbol.asyncIterator
    ]()
    return this
  }

  next(): Promise<IteratorResult<Uint8Array>> {
    return this.#log?.drained?.then(this.#read) ?? this.#read()
  }

  async return(): Promise<IteratorResult<Uint8Array>> {
    await this.#chunks?.return?.()
    return { value: undefined, done: true }
  }

  readonly #read = (): Promise<IteratorResult<Uint8Array>> =>
    (this.#chunks as AsyncIterator<Uint8Array>).next().then(this.#copy)

  readonly #copy = (result: IteratorResult<Uint8Array>): IteratorResult<Uint8Array> => {
    if (!result.done) this.#append(result.value)
    else if (this.#fragmentBytes > 0 || this.#isContinued)
      this.#log?.append([...this.#takeFragment(), Buffer.of(newline)], this)
    return result
  }

  #append(chunk: Uint8Array): void {
    this.#log ??= this.#logOf()
    this.#progress.bytesRead += chunk.length
    const isTooLong = this.#fragmentBytes + chunk.length > maxLineBytes
    const end = isTooLong ? chunk.length : chunk.lastIndexOf(newline) + 1
    if (end > 0) {
      this.#log.append([...this.#takeFragment(), chunk.subarray(0, end)], this)
      this.#isContinued = isTooLong && chunk[end - 1] !== newline
    }
    if (end === chunk.length) return
    if (this.#fragmentBytes === 0) this.#fragmentAt = performance.now()
    this.#fragment.push(Buffer.from(chunk.subarray(end)))
    this.#fragmentBytes += chunk.length - end
    if (this.#log.hasFile) this.#schedulePart(this.#partMs)
  }

  /** Copies the fragment when it is old enough, if it is text. There is only one timer, even if fragments change often. */
  #schedulePart(ms: number): void {
    if (this.#hasTimer) return
    this.#hasTimer = true
    systemClock.after(ms, () => {
      this.#hasTimer = false
      if (this.#fragmentBytes === 0) return
      const leftMs = this.#fragmentAt + this.#partMs - performance.now()
      if (leftMs > 0) this.#schedulePart(Math.ceil(leftMs))
      else this.#appendPart()
    })
  }

  #appendPart(): void {
    const bytes = Buffer.concat(this.#takeFragment())
    const length = partialLength(bytes, this.#isContinued)
    if (length > 0) {
      this.#log?.append([bytes.subarray(0, length)], this)
      this.#isContinued = true
    }
    if (length === bytes.length) return
    this.#fragment.push(bytes.subarray(length))
    this.#fragmentBytes = bytes.length - length
  }

  #takeFragment(): Uint8Array[] {
    const fragment = this.#fragment
    this.#fragment = []
    this.#fragmentBytes = 0
    return fragment
  }
}

/** Yields the chunks of a stream until it ends or is destroyed. */
async function* untilDestroyed(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* stream
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error
  }
}
