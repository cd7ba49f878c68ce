import type { EventEmitter } from 'node:events'
import type { LineWriter } from './line-writer.ts'

/**
 * Emits SonicBoom's 'write' and 'drain' on a stream. They cost nothing while there is no listener.
 *
 * - 'write': the number of bytes that were written since the last one, once a tick.
 * - 'drain': all whole lines are written. It does not wait for a line that still lacks its newline.
 *
 * Both come in a later tick than the write, so that a listener that throws cannot break the write.
 */
export class StreamEvents {
  readonly #stream: EventEmitter
  readonly #writer: LineWriter
  /** Number of bytes that had been written at the last 'write', and at the last 'drain'. */
  #emittedBytes = 0
  #drainedBytes = 0
  #isDrainWanted = false
  #isScheduled = false

  constructor(stream: EventEmitter, writer: LineWriter) {
    this.#stream = stream
    this.#writer = writer
    stream.on('newListener', (event) => {
      if (event === 'write' || event === 'drain') this.#listen()
    })
  }

  /** Emits 'drain' once everything is written, also if nothing was. */
  drainSoon(): void {
    this.#isDrainWanted = true
    this.#schedule()
  }

  #listen(): void {
    if (!this.#writer.afterWrite) {
      this.#emittedBytes = this.#writer.stats().bytes
      this.#writer.afterWrite = () => this.#schedule()
    }
    this.#schedule() // for what was written in this tick
  }

  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    process.nextTick(() => this.#emit())
  }

  #emit(): void {
    this.#isScheduled = false
    const { bytes } = this.#writer.stats()
    const newBytes = bytes - this.#emittedBytes
    this.#emittedBytes = bytes
    if (newBytes > 0) this.#stream.emit('write', newBytes)
    if ((!this.#isDrainWanted && bytes === this.#drainedBytes) || !this.#writer.isIdle) return
    this.#isDrainWanted = false
    this.#drainedBytes = bytes
    this.#stream.emit('drain')
  }
}
