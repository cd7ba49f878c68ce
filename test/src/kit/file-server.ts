import { rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type NamedFile, type RotationDisk, systemRotationDisk } from 'pino-rank-file/writer'

/**
 * A real folder whose files are dated by a clock of their own, as a file server does it. The clock stands still until it is set; what
 * was written before keeps its time.
 */
export class FileServer implements RotationDisk {
  readonly #folder: string
  /** From which time of the real disk on the clock showed what, oldest first. */
  readonly #shown: { since: number; time: number }[]
  /** How often the clock was read, by making a file. */
  reads = 0
  /** No file can be made. */
  full = false

  /** @param time what its clock shows, in ms since 1970 */
  constructor(folder: string, time: number) {
    this.#folder = folder
    this.#shown = [{ since: Number.NEGATIVE_INFINITY, time }]
  }

  get time(): number {
    return (this.#shown.at(-1) as { time: number }).time
  }

  set time(time: number) {
    this.#shown.push({ since: this.#nextTick(), time })
  }

  /** A time of the real disk that no file has yet, and that each later file reaches. */
  #nextTick(): number {
    const probe = join(this.#folder, 'tick')
    const tick = () => {
      writeFileSync(probe, 'x')
      return statSync(probe).mtimeMs
    }
    const before = tick()
    let after = before
    while (after === before) after = tick()
    rmSync(probe)
    return after
  }

  stat(path: string): NamedFile | undefined {
    const found = systemRotationDisk.stat(path)
    if (!found) return undefined
    const { mtimeMs, ctimeMs, birthtimeMs } = found
    const dated = (real: number) => (this.#shown.findLast(({ since }) => since <= real) as { time: number }).time
    return { ...found, mtimeMs: dated(mtimeMs), ctimeMs: dated(ctimeMs), birthtimeMs: dated(birthtimeMs) }
  }

  create(path: string, mode: number, text: string): void {
    if (text !== '') this.reads++
    if (this.full) throw Object.assign(new Error(`ENOSPC: no space left on device, open '${path}'`), { code: 'ENOSPC' })
    systemRotationDisk.create(path, mode, text)
  }

  list(folder: string): string[] {
    return systemRotationDisk.list(folder)
  }

  link(path: string, second: string): 'done' | 'taken' | 'gone' {
    return systemRotationDisk.link(path, second)
  }

  rename(path: string, to: string): boolean {
    return systemRotationDisk.rename(path, to)
  }

  unlink(path: string): void {
    systemRotationDisk.unlink(path)
  }
}
