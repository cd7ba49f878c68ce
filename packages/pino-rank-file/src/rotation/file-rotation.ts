import { reportLine } from 'pino-rank/sink'
import { systemRemedies } from 'pino-rank-lines'
import type { FileState, Rotation } from 'pino-rank-lines/system'
import { type Clock, FileClock, isSameFile, systemClock } from 'pino-rank-lines/system'
import { Retention } from './retention.ts'
import type { Interval, RotationSettings } from './rotate-options.ts'
import { insideDisk, type NamedFile, type RotationDisk, systemRotationDisk } from './rotation-disk.ts'
import { RotationProtocol, rotationTimeoutMs } from './rotation-protocol.ts'
import { runSteps, type Steps, step } from './steps.ts'

/** What a person can do about an error of the system that stops a rotation. */
const remedies: Record<string, string> = {
  ...systemRemedies,
  EPERM: 'let this user link and rename there (a disk without hard links cannot), or leave out rotate',
}

/** Pauses after a rotation that failed, in ms: the first, and the longest. */
const backOffMs = [1000, 60_000] as const

/**
 * Largest expected clock difference between hosts that share a file, in ms. A time further in the future came from a wrong
 * clock.
 */
const maxSkewMs = 60_000

/** The lengths of the intervals, in ms. */
const intervals: Record<Interval, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 }

/** Limits of the log, and what tests replace. */
export interface FileRotationOptions {
  disk?: RotationDisk
  /** No symbolic link may take a file out of this folder. @default links are followed */
  within?: string | undefined
  /** Permission bits of a new file, before the umask. @default 0o640 */
  mode?: number
  clock?: Clock
  /** This machine's clock, in ms since 1970. File times are never compared with it. */
  wall?: () => number
  /** When this process started, in ms since 1970: a file that is older is an earlier run's. */
  startedAt?: number
  report?: (line: string) => void
}

/**
 * The rotation of one file by one of the writers that share it. It decides when to rotate; the {@link RotationProtocol}
 * decides how. It makes no system call while no rotation is due. A rotation that fails is reported once and retried with
 * backoff. Meanwhile lines are written to the same file.
 *
 * **By time.** Intervals are measured by the file system's clock. That clock dates the file's last line and gives the current
 * time; this machine's clocks only decide when to read it. So every writer that opens a file agrees on the interval in
 * which it was begun, and each interval has at most one rotation by time.
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
  #requested: FileState | undefined
  /** The file that another writer is about to move. Until it is time to sweep, this writer continues to write to it. */
  #claimed: FileState | undefined
  #leftover: boolean
  #sweepAt = Number.NEGATIVE_INFINITY
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
      wall: fileTime,
      within,
      onError: (error) => this.#reportError('keeping', error),
    })
    this.#leftover = settings.atStart && settings.own
  }

  rotate(file: FileState): boolean {
    return runSteps(this.steps(file))
  }

  /** Does what {@link rotate} does, as steps of one disk call each. */
  *steps(file: FileState): Steps<boolean> {
    const now = this.#clock.now()
    if (now < this.#quietUntil || (this.#claimed && isSameFile(this.#claimed, file) && now < this.#sweepAt))
      return false
    try {
      // Of a file that was empty nobody knows here since when it is not: the same as one that was just opened.
      if (!this.#file && this.#settings.own) this.#retention.request()
      if (!this.#file || this.#file.size === 0 || !isSameFile(this.#file, file)) yield* this.#inspect(file)
      this.#file = file
      const due = file.size > 0 && this.#due(file)
      if (!due) this.#requested = undefined
      return (due || now >= this.#sweepAt) && (yield* this.#act(file, due, now))
    } catch (error) {
      this.#reportError('rotation', error as Error)
      this.#quietUntil = now + this.#backOff
      this.#backOff = Math.min(2 * this.#backOff, backOffMs[1])
      return false
    }
  }

  request(file: FileState): void {
    this.#requested = file
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
      (this.#requested !== undefined && isSameFile(this.#requested, file)) ||
      this.#leftover ||
      this.#intervalIsOver()
    )
  }

  /**
   * Reports whether the interval is over. Throws the system's error if that seems so and the file system's clock cannot be
   * read.
   */
  #intervalIsOver(): boolean {
    const { every } = this.#settings
    if (every === undefined || this.#intervalOf(every, this.#fileClock.now()) <= this.#interval) return false
    const now = this.#fileClock.read()
    this.#notInFuture(every, now)
    return this.#intervalOf(every, now) > this.#interval
  }

  /** Finds out from a file's times which run and which interval it belongs to. */
  *#inspect(file: FileState): Steps<void> {
    const found = yield* step(() => this.#disk.stat(this.#path))
    const other = this.#file !== undefined && !isSameFile(this.#file, file)
    this.#leftover &&= !other && file.size > 0 && (found?.birthtimeMs ?? Infinity) < this.#fileClock.now() - this.#age()
    const { every } = this.#settings
    if (!every) return
    if (file.size === 0 || !found) this.#interval = this.#intervalOf(every, this.#fileClock.now())
    else this.#assignInterval(every, this.#intervalOf(every, found.mtimeMs), other)
  }

  /** Sets the interval of a file. A file that replaced another one was begun after it. */
  #assignInterval(every: Interval, written: number, other: boolean): void {
    this.#interval = other ? Math.max(written, this.#interval) : written
    if (this.#interval > this.#intervalOf(every, this.#fileClock.now()))
      this.#notInFuture(every, this.#fileClock.readOrEstimate())
  }

  /** Corrects the interval if the file system's clock was set back after the file was begun. */
  #notInFuture(every: Interval, now: number): void {
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
    // Whoever is at it may die there, and may have died before.
    if (outcome === 'claimed' || outcome === 'rotated') this.#sweepAt = Math.min(this.#sweepAt, now + rotationTimeoutMs)
    this.#claimed = outcome === 'claimed' ? file : undefined
    return outcome === 'moved' || outcome === 'rotated'
  }

  *#where(file: FileState): Steps<'here' | 'moved'> {
    const found: NamedFile | undefined = yield* step(() => this.#disk.stat(this.#path))
    return found && isSameFile(found, file) ? 'here' : 'moved'
  }

  #reportError(kind: 'rotation' | 'keeping', { message, code = '' }: NodeJS.ErrnoException): void {
    if (this.#reportedKinds.has(kind)) return
    this.#reportedKinds.add(kind)
    const remedy = remedies[code] ? `${remedies[code]}; ` : ''
    this.#report(`${this.#name}: ${kind} failed: ${message}; ${remedy}it is tried again, and lines are still written`)
  }
}
