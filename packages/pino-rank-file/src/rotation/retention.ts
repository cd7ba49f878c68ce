import { unlinkSync } from 'node:fs'
import { unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Clock } from 'pino-rank-lines/system'
import { type HeldFolder, heldFolder } from 'pino-rank-lines/system'
import { packFile } from './pack-file.ts'
import { readLogFiles, readLogFilesSync } from './read-log-files.ts'
import type { RotatedFile } from './retention-limits.ts'
import { abandonedMs, type Found, planRetention, type RotatedLog } from './retention-plan.ts'
import type { RotationSettings } from './rotate-options.ts'

/** Time without a change after which a file is compressed, in ms. It leaves time for a late writer. */
export const packAfterMs = 5000
/** Maximum time that the end of a process may take to delete files, in ms. The next start deletes the rest. */
export const maxEndMs = 1000

export interface RetentionOptions {
  clock: Clock
  /** The file system's clock, in ms since 1970. It decides how old files are. */
  wall: () => number
  onError: (error: Error) => void
  /** No symbolic link may take the folder out of this one. @default links are followed */
  within?: string | undefined
}

/**
 * Deletes and compresses rotated files, off the line path: on timers and calls that keep no process alive, and what is to
 * be deleted by then, at the end of the process. What an exit interrupts is taken up by the next rotation, or the next
 * start. Two at once do no harm.
 */
export class Retention {
  readonly #folder: string
  readonly #log: RotatedLog
  readonly #options: RetentionOptions
  /** The number of requests, and up to which one they are done. */
  #requested = 0
  #done = 0
  #isScheduled = false
  #isRunning = false

  constructor(path: string, settings: RotationSettings, options: RetentionOptions) {
    this.#folder = dirname(path)
    this.#log = { base: basename(path), settings }
    this.#options = options
  }

  /** Requests a run: when the event loop turns, or in {@link end}. */
  request(): void {
    if (!this.#hasLimits && !this.#log.settings.gzip) return
    this.#requested++
    this.#schedule(0)
  }

  /** Requests a run in {@link end} alone. Until then another thread deletes what is due, but a process that ends stops that thread. */
  requestAtEnd(): void {
    this.#requested++
  }

  /** Runs once. @returns in how many ms to run again; undefined: not needed */
  async run(): Promise<number | undefined> {
    const requested = this.#requested
    let held: HeldFolder | undefined
    try {
      held = this.#hold()
      const found = await readLogFiles(held.path, this.#log)
      const { toDelete, toKeep } = planRetention(found, this.#log, this.#options.wall)
      for (const name of toDelete) await unlink(join(held.path, name)).catch(ignoreMissing)
      this.#done = requested
      return this.#log.settings.gzip ? await this.#pack(held.path, toKeep, found) : undefined
    } catch (error) {
      this.#options.onError(this.#withOwnPath(error as Error, held))
      return undefined
    } finally {
      held?.release()
    }
  }

  /** Called when the process ends and no timer will run any more. Deletes on this thread what is due, for at most a second. */
  end(): void {
    if (this.#done === this.#requested || !this.#hasLimits) return
    this.#done = this.#requested
    const { clock, wall, onError } = this.#options
    const until = clock.now() + maxEndMs
    let held: HeldFolder | undefined
    try {
      held = this.#hold()
      for (const name of planRetention(readLogFilesSync(held.path, this.#log), this.#log, wall).toDelete) {
        if (clock.now() >= until) break
        unlinkNow(join(held.path, name))
      }
    } catch (error) {
      onError(this.#withOwnPath(error as Error, held))
    } finally {
      held?.release()
    }
  }

  get #hasLimits(): boolean {
    const { keepFiles, keepBytes, keepDays } = this.#log.settings
    return (keepFiles ?? keepBytes ?? keepDays) !== undefined
  }

  /** Schedules a run in `ms` at the latest, and as soon as the present one has ended. */
  #schedule(ms: number): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    this.#options.clock.after(ms, () => {
      this.#isScheduled = false
      if (this.#isRunning) return this.#schedule(packAfterMs)
      this.#isRunning = true
      this.run().then((ms) => {
        this.#isRunning = false
        if (ms !== undefined) this.#schedule(ms)
      })
    })
  }

  /** All but the newest. @returns when the next one is old enough */
  async #pack(folder: string, toKeep: RotatedFile[], found: ReadonlyMap<string, Found>): Promise<number | undefined> {
    let next: number | undefined
    for (const { name, packed, ctimeMs } of toKeep.slice(0, -1)) {
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
  #withOwnPath(error: Error, held: HeldFolder | undefined): Error {
    if (held) error.message = error.message.replaceAll(held.path, this.#folder)
    return error
  }
}

function unlinkNow(path: string): void {
  try {
    unlinkSync(path)
  } catch (error) {
    ignoreMissing(error as NodeJS.ErrnoException)
  }
}

/** Removes a file. Another process may have done it. */
function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
