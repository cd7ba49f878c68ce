import { reportLine } from 'pino-rank/sink'
import { systemRemedies } from 'pino-rank-lines'
import type { FileState, Rotation } from 'pino-rank-lines/system'
import { type Clock, FileClock, isSameFile, systemClock } from 'pino-rank-lines/system'
import { Retention } from './retention.ts'
import { type Interval, intervals, type RotationSettings } from './rotate-options.ts'
import { insideDisk, type NamedFile, type RotationDisk, systemRotationDisk } from './rotation-disk.ts'
import { RotationProtocol, rotationTimeoutMs } from './rotation-protocol.ts'
import { runSteps, type Steps, step } from './steps.ts'

/** What a user can do about a system error that stops a rotation. */
const remedies: Record<string, string> = {
  ...systemRemedies,
  EPERM: 'let this user link and rename there (some file systems have no hard links), or leave out rotate',
}

/** Backoff after a failed rotation, in ms: the first and the maximum delay. */
const backOffMs = [1000, 60_000] as const

/**
 * Largest expected clock difference between hosts that share a file, in ms. A time further in the future came from a
 * wrong clock.
 */
const maxSkewMs = 60_000

/** Options of {@link FileRotation}. Tests replace the disk and the clocks. */
export interface FileRotationOptions {
  disk?: RotationDisk
  /** No symbolic link may take a file out of this folder. @default links are followed */
  within?: string | undefined
  /** Permission bits of a new file, before the umask. @default 0o640 */
  mode?: number
  clock?: Clock
  /** This machine's clock, in ms since 1970. File times are never compared with it. */
  wall?: () => number
  /** When this process started, in ms since 1970. An older file belongs to an earlier run. */
  startedAt?: number
  report?: (line: string) => void
}

/**
 * Rotates one file for one of the writers that share it. It decides when to rotate; the {@link RotationProtocol}
 * decides how. It makes no system call while no rotation is due. A rotation that fails is reported once and retried
 * with backoff. Meanwhile lines are written to the same file.
 *
 * **By time.** Intervals are measured with the file system's clock: it dates the last line of the file, and it gives
 * the current time. This machine's clocks only decide when to read it. So all writers agree on the interval in which
 * the file was begun, and each interval has at most one rotation by time.
 */
export class FileRotation implements Rotation {
  readonly #path: string
  readonly #name: string
  readonly #settings: RotationSettings
  readonly #disk: RotationDisk
  readonly #clock: Clock
  readonly #fileClock: FileClock
  /** Returns how long this process has been running, in ms. */
  readonly #age: () => number
  readonly #report: (line: string) => void
  readonly #protocol: RotationProtocol
  readonly #retention: Retention
  #file: FileState | undefined
  /** The interval in which the file was begun, as far as this writer knows. */
  #interval = Number.NEGATIVE_INFINITY
  /** The file that {@link request} wants rotated. */
  #requestedFile: FileState | undefined
  /** The file that another writer is about to move. Until it is time to sweep, this writer continues to write to it. */
  #claimedFile: FileState | undefined
  /** True while the file may belong to an earlier run and has to be rotated for `atStart`. */
  #isFromEarlierRun: boolean
  /** When to look for unfinished rotations of other writers. */
  #sweepAt = Number.NEGATIVE_INFINITY
  /** After a failed rotation no other is tried before this time. */
  #quietUntil = Number.NEGATIVE_INFINITY
  #backOff: number = backOffMs[0]
  readonly #reportedKinds: Set<string>

  /** @param name the start of each report */
  constructor(path: string, name: string, settings: RotationSettings, options: FileRotationOptions = {}) {
    const { within, mode, startedAt, clock = systemClock, wall = Date.now, report = reportLine } = options
    const { disk = within === undefined ? systemRotationDisk : insideDisk(within) } = options
    this.#path = path
    this.#name = name
    this.#settings = settings
    this.#disk = disk
    this.#clock = clock
    this.#age = () => (startedAt === undefined ? process.uptime() * 1000 : wall() - startedAt)
    this.#report = report
    this.#reportedKinds = settings.reportedKinds ?? new Set()
    const fileTime = () => this.#fileClock.now()
    this.#protocol = new RotationProtocol(path, settings.names, disk, wall, { fileTime, mode })
    this.#fileClock = new FileClock(() => this.#protocol.readFileTime(), clock, wall)
    this.#retention = new Retention(path, settings, {
      clock,
      fileTime,
      within,
      onError: (error) => this.#reportError('retention', error),
    })
    this.#isFromEarlierRun = settings.atStart && settings.own
  }

  rotate(file: FileState): boolean {
    return runSteps(this.steps(file))
  }

  /** Does the same as {@link rotate}, in steps of one disk call each. */
  *steps(file: FileState): Steps<boolean> {
    const now = this.#clock.now()
    if (now < this.#quietUntil || (this.#claimedFile && isSameFile(this.#claimedFile, file) && now < this.#sweepAt))
      return false
    try {
      // A file that was empty is inspected like a new one, because another writer may have begun it meanwhile.
      if (!this.#file && this.#settings.own) this.#retention.request()
      if (!this.#file || this.#file.size === 0 || !isSameFile(this.#file, file)) yield* this.#inspect(file)
      this.#file = file
      const due = file.size > 0 && this.#due(file)
      if (!due) this.#requestedFile = undefined
      return (due || now >= this.#sweepAt) && (yield* this.#act(file, due, now))
    } catch (error) {
      this.#reportError('rotation', error as Error)
      this.#quietUntil = now + this.#backOff
      this.#backOff = Math.min(2 * this.#backOff, backOffMs[1])
      return false
    }
  }

  request(file: FileState): void {
    this.#requestedFile = file
  }

  release(): void {
    this.#retention.requestAtEnd()
  }

  end(): void {
    this.#retention.end()
  }

  #due(file: FileState): boolean {
    const { maxBytes = Infinity } = this.#settings
    return (
      file.size >= maxBytes ||
      (this.#requestedFile !== undefined && isSameFile(this.#requestedFile, file)) ||
      this.#isFromEarlierRun ||
      this.#isIntervalOver()
    )
  }

  /**
   * Reports whether the interval is over. Throws the system's error if that seems so and the file system's clock cannot
   * be read.
   */
  #isIntervalOver(): boolean {
    const { every } = this.#settings
    if (every === undefined || this.#intervalOf(every, this.#fileClock.now()) <= this.#interval) return false
    const now = this.#fileClock.read()
    this.#correctFutureInterval(every, now)
    return this.#intervalOf(every, now) > this.#interval
  }

  /** Finds out from a file's times which run and which interval it belongs to. */
  *#inspect(file: FileState): Steps<void> {
    const found = yield* step(() => this.#disk.stat(this.#path))
    const isOther = this.#file !== undefined && !isSameFile(this.#file, file)
    this.#isFromEarlierRun &&=
      !isOther && file.size > 0 && (found?.birthtimeMs ?? Infinity) < this.#fileClock.now() - this.#age()
    const { every } = this.#settings
    if (!every) return
    if (file.size === 0 || !found) this.#interval = this.#intervalOf(every, this.#fileClock.now())
    else this.#assignInterval(every, this.#intervalOf(every, found.mtimeMs), isOther)
  }

  /**
   * Sets the interval of a file.
   *
   * @param lastWrite interval of the last write to the file
   * @param isOther true if the file replaced the one that this writer knew, so that its interval is not an earlier one
   */
  #assignInterval(every: Interval, lastWrite: number, isOther: boolean): void {
    this.#interval = isOther ? Math.max(lastWrite, this.#interval) : lastWrite
    if (this.#interval > this.#intervalOf(every, this.#fileClock.now()))
      this.#correctFutureInterval(every, this.#fileClock.readOrEstimate())
  }

  /** Corrects the interval if the file system's clock was set back after the file was begun. */
  #correctFutureInterval(every: Interval, now: number): void {
    if (this.#interval > this.#intervalOf(every, now + maxSkewMs)) this.#interval = this.#intervalOf(every, now)
  }

  /** Returns the number of the interval in which `time` (ms since 1970) falls. */
  #intervalOf(every: Interval, time: number): number {
    const offsetMs = this.#settings.timeZone === 'local' ? 60_000 * new Date(time).getTimezoneOffset() : 0
    return Math.floor((time - offsetMs) / intervals[every])
  }

  *#act(file: FileState, due: boolean, now: number): Steps<boolean> {
    if (now >= this.#sweepAt) this.#sweepAt = (yield* this.#protocol.sweep(now)) ? now + rotationTimeoutMs : Infinity
    const outcome = due ? yield* this.#protocol.rotate(file) : yield* this.#where(file)
    if (outcome === 'rotated') {
      this.#backOff = backOffMs[0]
      this.#retention.request()
    }
    // The writer that is rotating, or one before it, may have died within the rotation: sweep later.
    if (outcome === 'claimed' || outcome === 'rotated') this.#sweepAt = Math.min(this.#sweepAt, now + rotationTimeoutMs)
    this.#claimedFile = outcome === 'claimed' ? file : undefined
    return outcome === 'moved' || outcome === 'rotated'
  }

  *#where(file: FileState): Steps<'here' | 'moved'> {
    const found: NamedFile | undefined = yield* step(() => this.#disk.stat(this.#path))
    return found && isSameFile(found, file) ? 'here' : 'moved'
  }

  #reportError(kind: 'rotation' | 'retention', { message, code = '' }: NodeJS.ErrnoException): void {
    if (this.#reportedKinds.has(kind)) return
    this.#reportedKinds.add(kind)
    const remedy = remedies[code] ? `${remedies[code]}; ` : ''
    this.#report(`${this.#name}: ${kind} failed: ${message}; ${remedy}it is retried, and lines are still written`)
  }
}
