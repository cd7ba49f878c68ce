import { rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type NamedFile, type RotationDisk, systemRotationDisk } from './rotation-disk.ts'

/**
 * A real folder whose files are dated by a clock of its own, as on a file server. The clock stands still until it is
 * set. Files written before that keep their times.
 */
export class FileServer implements RotationDisk {
  readonly #folder: string
  /** The times that the clock has shown, oldest first. `since`: the time of the real disk from which on it showed them. */
  readonly #history: { since: number; time: number }[]
  /** How often a file was created to read the clock. */
  reads = 0
  /** True if no file can be created. */
  full = false

  /** @param time the clock's time, in ms since 1970 */
  constructor(folder: string, time: number) {
    this.#folder = folder
    this.#history = [{ since: Number.NEGATIVE_INFINITY, time }]
  }

  get time(): number {
    return (this.#history.at(-1) as { time: number }).time
  }

  set time(time: number) {
    this.#history.push({ since: this.#nextTick(), time })
  }

  /** Returns a time of the real disk that no file has yet and that each later file reaches. */
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
    return {
      ...found,
      mtimeMs: this.#dated(mtimeMs),
      ctimeMs: this.#dated(ctimeMs),
      birthtimeMs: this.#dated(birthtimeMs),
    }
  }

  create(path: string, mode: number): void {
    this.#refuseIfFull(path)
    systemRotationDisk.create(path, mode)
  }

  probe(path: string, mode: number): number {
    this.reads++
    this.#refuseIfFull(path)
    return this.#dated(systemRotationDisk.probe(path, mode))
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

  /** Returns what the clock showed at a time of the real disk. */
  #dated(real: number): number {
    return (this.#history.findLast(({ since }) => since <= real) as { time: number }).time
  }

  #refuseIfFull(path: string): void {
    if (this.full) throw Object.assign(new Error(`ENOSPC: no space left on device, open '${path}'`), { code: 'ENOSPC' })
  }
}
