import type { Disk, FilePlace } from './disk.ts'
import { systemDisk } from './disk.ts'
import type { LineEnd } from './line-end.ts'

const newline = Buffer.from('\n')

/** A file system that cuts one line this often in a row is at fault: the writer backs off. */
const maxCuts = 8

/**
 * The append end of a {@link LineWriter}: one file that several processes of a host may share, opened at the first
 * byte. Each batch is one write(2) under O_APPEND, which Linux and macOS keep together on a local file. A short write
 * (a disk nearly full, RLIMIT_FSIZE, a signal) leaves a fragment; continuing it could land behind another process's
 * line, so the fragment is closed with a newline and its line written again, whole.
 */
export class AppendFile implements LineEnd {
  readonly #place: FilePlace
  readonly #disk: Disk
  #fd: number | undefined
  #fragment = false
  #cuts = 0

  constructor(place: FilePlace, disk: Disk = systemDisk) {
    this.#place = place
    this.#disk = disk
  }

  write(lines: Buffer): number {
    this.#fd ??= this.#disk.open(this.#place)
    if (this.#fragment) this.#mend(this.#fd)
    const written = this.#disk.write(this.#fd, lines)
    const whole = written === lines.length ? written : endOfLastLine(lines, written)
    this.#fragment = whole < written
    this.#cuts = whole > 0 ? 0 : this.#cuts + 1
    if (this.#cuts === maxCuts) {
      this.#cuts = 0
      throw new Error('every write is cut short')
    }
    return whole
  }

  close(): void {
    if (this.#fd !== undefined) this.#disk.close(this.#fd)
    this.#fd = undefined
  }

  #mend(fd: number): void {
    if (this.#disk.write(fd, newline) === 0) throw new Error('no room to close a cut line')
    this.#fragment = false
  }
}

/** A line that lacks only its newline is whole: the rest begins with it, and closes the line when it is written. */
function endOfLastLine(lines: Buffer, before: number): number {
  if (before === 0 || lines[before] === newline[0]) return before
  return lines.lastIndexOf(newline, before - 1) + 1
}
