import { randomBytes } from 'node:crypto'
import { lstatSync, readdirSync, type Stats } from 'node:fs'
import { join } from 'node:path'
import { processState } from 'pino-rank/process'
import { type FileProbe, folderMode, makeFolder, probeFile, removeOldProbes } from '../system/index.ts'
import { SpoolFile, type SpoolPlace, spoolMode } from './spool-file.ts'
import { parseSpoolName, type SpoolName } from './spool-name.ts'

export interface SpoolFolderOptions {
  /** The start of the files' names, for example `mlflow`. Files with other names are ignored. */
  prefix: string
  /** How long a holder that this system cannot see counts as alive without renewing its file, in ms. @default 20000 */
  leaseMs?: number
  /**
   * Called with each file that is not taken, and the reason: its holder may be alive, or it belongs to another user.
   * @default none
   */
  onSkip?: (path: string, why: string, isHeld: boolean) => void
}

/**
 * - `claimable`: its holder is dead, or it has none.
 * - `held`: its holder is, or may be, alive.
 * - `foreign`: it is another user's file, a link, a FIFO, a folder or a device.
 * - `missing`: another process has taken or removed it.
 */
type SpoolState = 'claimable' | 'held' | 'foreign' | 'missing'

/** The spools of a folder: those that this process creates, and those that dead processes left. */
export class SpoolFolder {
  readonly path: string
  readonly leaseMs: number
  readonly #place: SpoolPlace
  /** The start of the names of files that are created to read the clock of the folder. */
  readonly #probePrefix: string
  readonly #onSkip: (path: string, why: string, isHeld: boolean) => void

  constructor(path: string, { prefix, leaseMs = 20_000, onSkip = () => {} }: SpoolFolderOptions) {
    this.path = path
    this.leaseMs = leaseMs
    this.#place = { path, prefix, renewMs: leaseMs / 4 }
    this.#probePrefix = `.${prefix}-clock-`
    this.#onSkip = onSkip
  }

  /** Creates a file with its first lines. @param id of its queue, a UUID @throws the system's error */
  create(id: string, text: string): SpoolFile {
    makeFolder(this.path, folderMode(spoolMode))
    return SpoolFile.create(this.#place, id, text)
  }

  /**
   * Claims, one at a time, the spools that are free or whose process has died. The caller must remove or release each one.
   *
   * @throws the system's error if the folder cannot be written to
   */
  *claimOrphaned(): Generator<SpoolFile> {
    const found = this.#names()
    if (found.length === 0) return
    const probe = this.#probe()
    removeOldProbes(this.path, this.#probePrefix, probe.now - this.leaseMs)
    for (const [name, spool] of found) {
      const state = this.#stateOf(name, spool, probe)
      if (state === 'claimable') {
        const file = this.#take(name, spool, probe)
        if (file && this.isHeldElsewhere(file, probe)) file.release()
        else if (file) yield file
      } else this.#reportSkipped(state, join(this.path, name), spool)
    }
  }

  /** Reports whether a living process holds another file of the same queue. Two processes must not send it at once. */
  isHeldElsewhere({ id, path }: Pick<SpoolFile, 'id' | 'path'>, probe: FileProbe = this.#probe()): boolean {
    return this.#names().some(
      ([name, spool]) =>
        spool.id === id && join(this.path, name) !== path && this.#stateOf(name, spool, probe) === 'held',
    )
  }

  #probe(): FileProbe {
    return probeFile(join(this.path, `${this.#probePrefix}${randomBytes(8).toString('hex')}`))
  }

  #names(): [name: string, spool: SpoolName][] {
    let names: string[]
    try {
      names = readdirSync(this.path).sort()
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [] // nothing was ever spooled there
      throw error
    }
    return names.flatMap((name) => {
      const spool = parseSpoolName(this.#place.prefix, name)
      return spool ? [[name, spool] as [string, SpoolName]] : []
    })
  }

  #stateOf(name: string, { holder }: SpoolName, { now, uid }: FileProbe): SpoolState {
    let file: Stats | undefined
    try {
      file = lstatSync(join(this.path, name), { throwIfNoEntry: false })
    } catch {
      return 'foreign' // a name that cannot be examined
    }
    if (!file) return 'missing'
    if (!file.isFile() || file.uid !== uid) return 'foreign'
    if (holder === 'free') return 'claimable'
    const state = holder === undefined ? 'unknown' : processState(holder)
    if (state !== 'unknown') return state === 'gone' ? 'claimable' : 'held'
    return now - file.mtimeMs > this.leaseMs ? 'claimable' : 'held'
  }

  #take(name: string, { id }: SpoolName, { uid }: FileProbe): SpoolFile | undefined {
    try {
      return SpoolFile.take(this.#place, id, name, uid)
    } catch (error) {
      this.#onSkip(join(this.path, name), (error as Error).message, false)
      return undefined
    }
  }

  #reportSkipped(state: SpoolState, path: string, { holder }: SpoolName): void {
    if (state === 'foreign') this.#onSkip(path, 'it is not a regular file of this user; it is not sent', false)
    if (state !== 'held' || (typeof holder === 'object' && processState(holder) === 'running')) return
    const owner = typeof holder === 'object' ? `a process on ${holder.host}` : 'another process'
    const when = `it is sent if it is not renewed for ${this.leaseMs / 1000} s`
    this.#onSkip(path, `${owner} may still be writing it; ${when}`, true)
  }
}
