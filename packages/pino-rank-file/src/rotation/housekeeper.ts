import { lstat, readdir, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Clock } from '../writer/clock.ts'
import { type Kept, surplus } from './keep.ts'
import { packFile } from './pack-file.ts'
import type { RotationSettings } from './rotate-options.ts'
import { rotatedNames } from './rotated-names.ts'
import { type FileId, same } from './rotation-protocol.ts'

/** A file is compressed when nothing was done to it for so long, in ms: time for a writer that is late. */
export const packAfterMs = 5000
/** A temporary file that did not grow for so long, in ms, is a dead process's. */
const abandonedMs = 60_000

export interface HousekeeperOptions {
  clock: Clock
  /** ms since 1970. */
  wall: () => number
  failed: (error: Error) => void
}

/**
 * Deletes and compresses rotated files, off the line path: on timers and calls that keep no process alive. What an exit
 * interrupts is taken up by the next rotation, or the next start. Two at once do no harm.
 */
export class Housekeeper {
  readonly #folder: string
  readonly #base: string
  readonly #settings: RotationSettings
  readonly #options: HousekeeperOptions
  #scheduled = false
  #running = false

  constructor(path: string, settings: RotationSettings, options: HousekeeperOptions) {
    this.#folder = dirname(path)
    this.#base = basename(path)
    this.#settings = settings
    this.#options = options
  }

  /** In `ms` at the latest, and as soon as the one under way is over. */
  soon(ms = 0): void {
    const { keepFiles, keepBytes, keepDays, gzip } = this.#settings
    if (this.#scheduled || !(gzip || keepFiles || keepBytes || keepDays)) return
    this.#scheduled = true
    this.#options.clock.after(ms, () => {
      this.#scheduled = false
      if (this.#running) return this.soon(packAfterMs)
      this.#running = true
      this.run().then((ms) => {
        this.#running = false
        if (ms !== undefined) this.soon(ms)
      })
    })
  }

  /** Once. @returns in how many ms it should be done again; undefined: no need */
  async run(): Promise<number | undefined> {
    try {
      const kept = await this.#delete()
      return this.#settings.gzip ? await this.#pack(kept) : undefined
    } catch (error) {
      this.#options.failed(error as Error)
      return undefined
    }
  }

  /** What is too much, and what is there twice: a `.gz` is whole as soon as it has its name. @returns the rest */
  async #delete(): Promise<Kept[]> {
    const entries = await readdir(this.#folder)
    const names = rotatedNames(entries, this.#base, [this.#settings.names])
    const outs = entries.filter((name) => name === this.#base || name.startsWith(`.${this.#base}.out-`))
    // The rotation has not done with these.
    const busy = (await Promise.all(outs.map((name) => this.#stat(name)))).filter((file) => file !== undefined)
    const files: Kept[] = []
    for (const { name, plain, packed } of names) {
      const file = await this.#stat(name)
      if (!file || busy.some((other) => same(other, file))) continue
      if (!packed && entries.includes(`${name}.gz`)) await this.#unlink(name)
      else files.push({ ...file, name, plain, packed })
    }
    const gone = surplus(files, this.#settings, this.#options.wall())
    for (const { name } of gone) await this.#unlink(name)
    await this.#clear(entries)
    return files.filter((file) => !gone.includes(file))
  }

  async #clear(entries: string[]): Promise<void> {
    for (const name of entries.filter((name) => name.startsWith(`.${this.#base}.pack-`))) {
      const file = await this.#stat(name)
      if (file && this.#options.wall() - file.mtimeMs >= abandonedMs) await this.#unlink(name)
    }
  }

  /** All but the newest. @returns when the next one is old enough */
  async #pack(kept: Kept[]): Promise<number | undefined> {
    let next: number | undefined
    for (const { name, packed, ctimeMs } of kept.slice(0, -1)) {
      if (packed) continue
      const left = ctimeMs + packAfterMs - this.#options.wall()
      const packing =
        left <= 0 && (await packFile(join(this.#folder, name), join(this.#folder, `.${this.#base}.pack-`)))
      if (packing === 'busy') next = Math.min(next ?? Infinity, abandonedMs)
      else if (packing !== 'done') next = Math.min(next ?? Infinity, Math.max(left, packAfterMs))
    }
    return next
  }

  async #stat(name: string): Promise<(FileId & Pick<Kept, 'size' | 'mtimeMs' | 'ctimeMs'>) | undefined> {
    try {
      const { dev, ino, size, mtimeMs, ctimeMs } = await lstat(join(this.#folder, name))
      return { dev, ino, size, mtimeMs, ctimeMs }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
      return undefined
    }
  }

  async #unlink(name: string): Promise<void> {
    await unlink(join(this.#folder, name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
    })
  }
}
