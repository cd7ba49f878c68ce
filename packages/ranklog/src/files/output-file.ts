import { type AsyncWrite, writeAllAsync } from 'pino-rank-lines/system'
import type { OutputRing } from 'pino-rank-merge/core'

/** The system call that writes to an output. Tests inject faults here. */
export interface OutputDisk {
  /** Does one write(2), which may be short. Rejects with the system's error. */
  write: AsyncWrite
}

/** Writes merged lines to a descriptor. While one buffer is written, the merge fills the next one. */
export class OutputFile {
  bytes = 0
  readonly #fd: number
  readonly #ring: OutputRing
  readonly #write: AsyncWrite | undefined
  #writes: Promise<void> = Promise.resolve()
  #onFree: (() => void) | undefined
  #free: number
  #fault: { error: unknown } | undefined

  /** @param buffers number of buffers of the ring */
  constructor(fd: number, ring: OutputRing, buffers: number, disk?: OutputDisk) {
    this.#fd = fd
    this.#ring = ring
    this.#free = buffers
    this.#write = disk && ((to, bytes) => disk.write(to, bytes))
  }

  /** Starts to write the filled buffer. Resolves when there is a free buffer. @throws the system's error */
  async pass(): Promise<void> {
    const filled = this.#ring.take()
    if (filled) {
      this.#free--
      this.#writes = this.#writes.then(() => this.#writeFilled(filled))
    }
    while (this.#free === 0 && !this.#fault) {
      await new Promise<void>((free) => {
        this.#onFree = free
      })
    }
    // must be last: the next write in the queue must start before the merge takes the thread again
    await new Promise(setImmediate)
    if (this.#fault) throw this.#fault.error
  }

  /** Resolves when everything is written. @throws the system's error */
  async end(): Promise<void> {
    await this.pass()
    await this.#writes
    if (this.#fault) throw this.#fault.error
  }

  async #writeFilled(filled: Buffer): Promise<void> {
    try {
      if (!this.#fault) await writeAllAsync(this.#fd, filled, this.#write)
      this.bytes += filled.length
    } catch (error) {
      this.#fault = { error }
    }
    this.#ring.release(filled)
    this.#free++
    this.#onFree?.()
    this.#onFree = undefined
  }
}
