import { ShortWriter } from './short-writer.test-kit.ts'

/** A disk with `room` bytes left. It takes what fits. Then every write fails with ENOSPC, until a test makes room. */
export class FullDisk extends ShortWriter {
  room: number
  readonly #code: string

  constructor(room: number, code = 'ENOSPC') {
    super()
    this.room = room
    this.#code = code
  }

  override write(fd: number, bytes: Uint8Array | string): number {
    if (this.room === 0) throw Object.assign(new Error(`${this.#code}: no room, write`), { code: this.#code })
    const taken = super.write(fd, Buffer.from(bytes).subarray(0, this.room))
    this.room -= taken
    return taken
  }
}
