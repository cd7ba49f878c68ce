import type { Disk } from 'pino-rank-lines/system'

const newline = Buffer.from('\n')

/** An open file, as {@link FileEnd} needs it. */
interface OpenFile {
  disk: Disk
  fd: number
  /** True for a regular file, and false for a pipe or a device. */
  regular: boolean
}

/**
 * Makes the next line begin on a line of its own. If the file ends within a line, a newline is written first. The line may be our
 * own, after a short write, or that of a process that was killed before we opened the file.
 */
export class FileEnd {
  readonly #onUnterminated: (() => void) | undefined
  /** True if the file ended within a line when it was opened, and still does. */
  #isTorn = false
  /** The fragment of a short write: the size of the file after it, and whether the line lacks only its newline. */
  #fragment: { fileSize: number; lacksNewline: boolean } | undefined

  /** @param onUnterminated called if another writer's bytes may follow a fragment of ours on the same line */
  constructor(onUnterminated?: () => void) {
    this.#onUnterminated = onUnterminated
  }

  /** True if the file ends with a whole line. */
  get isWhole(): boolean {
    return !this.#isTorn && !this.#fragment
  }

  /** Starts with another file. @param isTorn true if it ends within a line */
  reset(isTorn: boolean): void {
    this.#isTorn = isTorn
    this.#fragment = undefined
  }

  /** Reports a fragment that still has no newline. Called before the file is closed. */
  beforeClose(): void {
    if (this.#fragment) this.#onUnterminated?.()
  }

  /** Writes a missing newline and then these bytes. Returns how many of these bytes were written. */
  write(file: OpenFile, bytes: Buffer): number {
    if (this.#isTorn) this.#closeTornEnd(file)
    const startsWithNewline = this.#fragment?.lacksNewline && bytes[0] === newline[0]
    if (this.#fragment && !startsWithNewline) this.#closeFragment(file, newline)
    return this.#fragment ? this.#closeFragment(file, bytes) : file.disk.write(file.fd, bytes)
  }

  /**
   * Ends the fragment of a short write with a newline, now or at the next write. Returns how many bytes of `piece` need not be
   * written again: the whole lines, and a last line that lacks only its newline.
   *
   * @param lastPart offset in `piece` of the bytes that are at the end of the file; 0 unless another process's line got between
   * the parts of the write
   */
  endShortWrite({ disk, fd, regular }: OpenFile, piece: Buffer, written: number, lastPart: number): number {
    const whole = written === 0 ? 0 : piece.lastIndexOf(newline, written - 1) + 1
    if (whole === written) return whole
    if (regular && disk.endFragment?.(fd, piece.subarray(Math.max(whole, lastPart), written))) return whole
    // If a line lacks only its newline, its rest begins with that newline.
    const lacksNewline = piece[written] === newline[0]
    this.#fragment = { fileSize: disk.stateOf(fd).size, lacksNewline }
    return lacksNewline ? written : whole
  }

  #closeTornEnd({ disk, fd }: OpenFile): void {
    if (disk.write(fd, newline) === 0) throw new Error('no space for the newline after an incomplete line')
    this.#isTorn = false
  }

  /** Writes bytes that start with the newline of a fragment. Reports it if another writer's bytes came first. */
  #closeFragment({ disk, fd, regular }: OpenFile, bytes: Buffer): number {
    const written = disk.write(fd, bytes)
    if (written === 0) throw new Error('no space for the newline after an incomplete line')
    const { fileSize } = this.#fragment as { fileSize: number }
    this.#fragment = undefined
    if (regular && disk.stateOf(fd).size > fileSize + written) this.#onUnterminated?.()
    return written
  }
}
