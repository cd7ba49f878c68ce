import { unlinkSync } from 'node:fs'
import { unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Clock } from '../system/index.ts'
import { type HeldFolder, heldFolder } from '../system/index.ts'
import { abandonedMs, type Found, housework, type KeptLog } from './housework.ts'
import type { Kept } from './keep.ts'
import { look, lookNow } from './kept-files.ts'
import { packFile } from './pack-file.ts'
import type { RotationSettings } from './rotate-options.ts'

/** A file is compressed when nothing was done to it for so long, in ms: time for a writer that is late. */
export const packAfterMs = 5000
/** How long the end of a process may take to delete, in ms; the next start goes on. */
export const finishMs = 1000

export interface HousekeeperOptions {
  clock: Clock
  /** The file system's clock, in ms since 1970. It decides how old files are. */
  wall: () => number
  failed: (error: Error) => void
  /** No symbolic link may take the folder out of this one. @default links are followed */
  within?: string | undefined
}

/**
 * Deletes and compresses rotated files, off the line path: on timers and calls that keep no process alive, and what is to
 * be deleted by then, at the end of the process. What an exit interrupts is taken up by the next rotation, or the next
 * start. Two at once do no harm.
 */
export class Housekeeper {
  readonly #folder: string
  readonly #log: KeptLog
  readonly #options: HousekeeperOptions
  /** How often it was asked for, and up to where that is done. */
  #asked = 0
  #done = 0
  #scheduled = false
  #running = false

  constructor(path: string, settings: RotationSettings, options: HousekeeperOptions) {
    this.#folder = dirname(path)
    this.#log = { base: basename(path), settings }
    this.#options = options
  }

  /** There may be something to do: when the event loop turns, or in {@link finish}. */
  soon(): void {
    if (!this.#deletes && !this.#log.settings.gzip) return
    this.#asked++
    this.#schedule(0)
  }

  /** Once. @returns in how many ms it should be done again; undefined: no need */
  async run(): Promise<number | undefined> {
    const asked = this.#asked
    let held: HeldFolder | undefined
    try {
      held = this.#hold()
      const found = await look(held.path, this.#log)
      const { gone, kept } = housework(found, this.#log, this.#options.wall)
      for (const name of gone) await unlink(join(held.path, name)).catch(unlessGone)
      this.#done = asked
      return this.#log.settings.gzip ? await this.#pack(held.path, kept, found) : undefined
    } catch (error) {
      this.#options.failed(this.#named(error as Error, held))
      return undefined
    } finally {
      held?.release()
    }
  }

  /** The process ends, and no timer will come: deletes on this thread what is due, at most for a second. */
  finish(): void {
    if (this.#done === this.#asked || !this.#deletes) return
    this.#done = this.#asked
    const { clock, wall, failed } = this.#options
    const until = clock.now() + finishMs
    let held: HeldFolder | undefined
    try {
      held = this.#hold()
      for (const name of housework(lookNow(held.path, this.#log), this.#log, wall).gone) {
        if (clock.now() >= until) break
        unlinkNow(join(held.path, name))
      }
    } catch (error) {
      failed(this.#named(error as Error, held))
    } finally {
      held?.release()
    }
  }

  get #deletes(): boolean {
    const { keepFiles, keepBytes, keepDays } = this.#log.settings
    return (keepFiles ?? keepBytes ?? keepDays) !== undefined
  }

  /** In `ms` at the latest, and as soon as the one under way is over. */
  #schedule(ms: number): void {
    if (this.#scheduled) return
    this.#scheduled = true
    this.#options.clock.after(ms, () => {
      this.#scheduled = false
      if (this.#running) return this.#schedule(packAfterMs)
      this.#running = true
      this.run().then((ms) => {
        this.#running = false
        if (ms !== undefined) this.#schedule(ms)
      })
    })
  }

  /** All but the newest. @returns when the next one is old enough */
  async #pack(folder: string, kept: Kept[], found: ReadonlyMap<string, Found>): Promise<number | undefined> {
    let next: number | undefined
    for (const { name, packed, ctimeMs } of kept.slice(0, -1)) {
      if (packed || found.has(`${name}.gz`)) continue // a link or folder of somebody's has the name
      const left = ctimeMs + packAfterMs - this.#options.wall()
      const packing = left <= 0 && (await packFile(join(folder, name), join(folder, `.${this.#log.base}.pack-`)))
      if (packing === 'busy') next = Math.min(next ?? Infinity, abandonedMs)
      else if (packing !== 'done') next = Math.min(next ?? Infinity, Math.max(left, packAfterMs))
    }
    return next
  }

  #hold(): HeldFolder {
    const { within } = this.#options
    return within === undefined ? { path: this.#folder, release() {} } : heldFolder(this.#folder, within)
  }

  /** By the folder's own name. */
  #named(error: Error, held: HeldFolder | undefined): Error {
    if (held) error.message = error.message.replaceAll(held.path, this.#folder)
    return error
  }
}

function unlinkNow(path: string): void {
  try {
    unlinkSync(path)
  } catch (error) {
    unlessGone(error as NodeJS.ErrnoException)
  }
}

/** Another process may have done it. */
function unlessGone(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
