import { closeSync, openSync, write } from 'node:fs'
import type { OutputRing } from 'pino-rank-merge/core'

/** What is merged, on its way to a descriptor: one buffer is written while the next is filled. */
export class OutputFile {
  bytes = 0
  readonly #fd: number
  readonly #ring: OutputRing
  #writes: Promise<void> = Promise.resolve()
  #waiting: (() => void) | undefined
  #free: number
  #fault: NodeJS.ErrnoException | undefined

  /** @param buffers of the ring */
  constructor(fd: number, ring: OutputRing, buffers: number) {
    this.#fd = fd
    this.#ring = ring
    this.#free = buffers
  }

  /** Writes what the ring has, and returns when there is a buffer to be filled. @throws what the system says */
  async pass(): Promise<void> {
    const filled = this.#ring.take()
    if (filled) {
      this.#free--
      this.#writes = this.#writes.then(() => this.#write(filled)).then(() => this.#written(filled))
    }
    while (this.#free === 0 && !this.#fault) {
      await new Promise<void>((free) => {
        this.#waiting = free
      })
    }
    // Last: the next write in the queue must start before the merge has the thread again.
    await new Promise(setImmediate)
    if (this.#fault) throw this.#fault
  }

  /** All of it is written. */
  async end(): Promise<void> {
    await this.pass()
    await this.#writes
    if (this.#fault) throw this.#fault
  }

  #write(bytes: Buffer): Promise<void> {
    if (this.#fault) return Promise.resolve()
    return new Promise((done) => {
      const go = (part: Buffer) =>
        write(this.#fd, part, 0, part.length, null, (error, written) => {
          if (error?.code === 'EAGAIN')
            setTimeout(go, 1, part) // a pipe that does not block, and is full
          else if (error) done(this.#fail(error))
          else if (written < part.length) go(part.subarray(written))
          else done()
        })
      go(bytes)
    })
  }

  #fail(error: NodeJS.ErrnoException): void {
    this.#fault = error
  }

  #written(bytes: Buffer): void {
    this.bytes += bytes.length
    this.#ring.release(bytes)
    this.#free++
    this.#waiting?.()
    this.#waiting = undefined
  }
}

/** Opens a file for what is merged. @returns its descriptor, and what closes it; stdout stays open */
export function openOutput(path: string | undefined): { fd: number; close(): void } {
  if (path === undefined || path === '-') return { fd: 1, close() {} }
  const fd = openSync(path, 'w', 0o640)
  return { fd, close: () => closeSync(fd) }
}
