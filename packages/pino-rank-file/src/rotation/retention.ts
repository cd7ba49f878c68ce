import { unlinkSync } from 'node:fs'
import { unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Clock } from 'pino-rank-lines/system'
import { type HeldFolder, heldFolder } from 'pino-rank-lines/system'
import { gzipFile } from './gzip-file.ts'
import { readLogFiles, readLogFilesSync } from './read-log-files.ts'
import type { RotatedFile } from './retention-limits.ts'
import { abandonedMs, type Found, planRetention, type RotatedLog } from './retention-plan.ts'
import type { RotationSettings } from './rotate-options.ts'

/** How long after its last change a file is compressed, in ms. Until then a late writer may still append to it. */
export const gzipAfterMs = 5000
/** Maximum time that the end of a process may take to delete files, in ms. The next start deletes the rest. */
export const maxEndMs = 1000

export interface RetentionOptions {
  clock: Clock
  /** The file system's clock, in ms since 1970. It decides how old files are. */
  fileTime: () => number
  onError: (error: Error) => void
  /** No symbolic link may take the folder out of this one. @default links are followed */
  within?: string | undefined
}

/**
 * Deletes and compresses rotated files in the background, on timers that do not keep the process alive. At the end of
 * the process it deletes synchronously what is still due. The next rotation or the next start continues what an exit
 * interrupts. Several processes may do this at the same time.
 */
export class Retention {
  readonly #folder: string
  readonly #log: RotatedLog
  readonly #options: RetentionOptions
  /** Number of requests, and how many of them are done. */
  #requested = 0
  #done = 0
  #isScheduled = false
  #isRunning = false

  constructor(path: string, settings: RotationSettings, options: RetentionOptions) {
    this.#folder = dirname(path)
    this.#log = { base: basename(path), settings }
    this.#options = options
  }

  /** Requests a run in the next turn of the event loop, or in {@link end}. */
  request(): void {
    if (!this.#hasLimits && !this.#log.settings.gzip) return
    this.#requested++
    this.#schedule(0)
  }

  /**
   * Requests a run in {@link end} only. Called when a writer thread takes over. The thread then deletes what is due, but
   * it is stopped when the process ends.
   */
  requestAtEnd(): void {
    this.#requested++
  }

  /** Runs once. @returns the delay before the next run, in ms; undefined if none is needed */
  async run(): Promise<number | undefined> {
    const requested = this.#requested
    let folder: HeldFolder | undefined
    try {
      folder = this.#openFolder()
      const found = await readLogFiles(folder.path, this.#log)
      const { toDelete, toKeep } = planRetention(found, this.#log, this.#options.fileTime)
      for (const name of toDelete) await unlink(join(folder.path, name)).catch(ignoreMissing)
      this.#done = requested
      return this.#log.settings.gzip ? await this.#compress(folder.path, toKeep, found) : undefined
    } catch (error) {
      this.#options.onError(this.#withOwnPath(error as Error, folder))
      return undefined
    } finally {
      folder?.release()
    }
  }

  /**
   * Called at the end of the process, when no timer runs any more. Deletes on this thread what is due, for at most
   * {@link maxEndMs}.
   */
  end(): void {
    if (this.#done === this.#requested || !this.#hasLimits) return
    this.#done = this.#requested
    const { clock, fileTime, onError } = this.#options
    const until = clock.now() + maxEndMs
    let folder: HeldFolder | undefined
    try {
      folder = this.#openFolder()
      for (const name of planRetention(readLogFilesSync(folder.path, this.#log), this.#log, fileTime).toDelete) {
        if (clock.now() >= until) break
        unlinkNow(join(folder.path, name))
      }
    } catch (error) {
      onError(this.#withOwnPath(error as Error, folder))
    } finally {
      folder?.release()
    }
  }

  get #hasLimits(): boolean {
    const { keepFiles, keepBytes, keepDays } = this.#log.settings
    return (keepFiles ?? keepBytes ?? keepDays) !== undefined
  }

  /** Schedules a run after `ms`, unless one is scheduled. If the previous run has not ended by then, it is postponed. */
  #schedule(ms: number): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    this.#options.clock.after(ms, () => {
      this.#isScheduled = false
      if (this.#isRunning) return this.#schedule(gzipAfterMs)
      this.#isRunning = true
      this.run().then((ms) => {
        this.#isRunning = false
        if (ms !== undefined) this.#schedule(ms)
      })
    })
  }

  /** Compresses all rotated files but the newest. @returns the delay until the next one is old enough, in ms */
  async #compress(
    folder: string,
    toKeep: RotatedFile[],
    found: ReadonlyMap<string, Found>,
  ): Promise<number | undefined> {
    let next: number | undefined
    for (const { name, isCompressed, ctimeMs } of toKeep.slice(0, -1)) {
      if (isCompressed || found.has(`${name}.gz`)) continue // a symbolic link or a folder has the name
      const remainingMs = ctimeMs + gzipAfterMs - this.#options.fileTime()
      const outcome = remainingMs <= 0 && (await gzipFile(join(folder, name), join(folder, `.${this.#log.base}.pack-`)))
      if (outcome === 'busy') next = Math.min(next ?? Infinity, abandonedMs)
      else if (outcome !== 'done') next = Math.min(next ?? Infinity, Math.max(remainingMs, gzipAfterMs))
    }
    return next
  }

  #openFolder(): HeldFolder {
    const { within } = this.#options
    return within === undefined ? { path: this.#folder, release() {} } : heldFolder(this.#folder, within)
  }

  /** Puts the path of the folder into the message of an error, in place of its descriptor. */
  #withOwnPath(error: Error, folder: HeldFolder | undefined): Error {
    if (folder) error.message = error.message.replaceAll(folder.path, this.#folder)
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

/** Ignores a file that another process has removed already. */
function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
