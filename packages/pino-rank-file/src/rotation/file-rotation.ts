import type { Rotation } from '../writer/append-file.ts'
import { type Clock, systemClock } from '../writer/clock.ts'
import type { FileState } from '../writer/disk.ts'
import { systemRemedies } from '../writer/fault-report.ts'
import { reportLine } from '../writer/report-line.ts'
import { Housekeeper } from './housekeeper.ts'
import { insideDisk } from './inside-disk.ts'
import { intervalOf } from './intervals.ts'
import type { RotationSettings } from './rotate-options.ts'
import { type NamedFile, type RotationDisk, systemRotationDisk } from './rotation-disk.ts'
import { patienceMs, RotationProtocol, same } from './rotation-protocol.ts'
import { runSteps } from './steps.ts'

/** What a person can do about an error of the system that stops a rotation. */
const remedies: Record<string, string> = {
  ...systemRemedies,
  EPERM: 'let this user link and rename there (a disk without hard links cannot), or leave out rotate',
}

/** Pauses after a rotation that failed, in ms: the first, and the longest. */
const backOffMs = [1000, 60_000] as const

/** Where the log must stay, and what tests bring. */
export interface FileRotationOptions {
  disk?: RotationDisk
  /** No symbolic link may take a file out of this folder. @default links are followed */
  within?: string | undefined
  clock?: Clock
  /** ms since 1970. */
  wall?: () => number
  /** When this process started, in ms since 1970: a file that is older is an earlier run's. */
  startedAt?: number
  report?: (line: string) => void
}

/**
 * The rotation of one file by one of the writers that share it: decides when, and leaves how to the
 * {@link RotationProtocol}. Where nothing is due it costs no system call. A rotation that fails is told once and tried
 * again ever more seldom; the lines go on into the same file.
 */
export class FileRotation implements Rotation {
  readonly #path: string
  readonly #name: string
  readonly #settings: RotationSettings
  readonly #disk: RotationDisk
  readonly #clock: Clock
  readonly #wall: () => number
  readonly #startedAt: number
  readonly #report: (line: string) => void
  readonly #protocol: RotationProtocol
  readonly #housekeeper: Housekeeper
  #file: FileState | undefined
  #interval = 0
  #asked: FileState | undefined
  /** The file that somebody else is about to move: until it is time to sweep, this writer just writes on. */
  #claimed: FileState | undefined
  #leftover: boolean
  #sweepAt = Number.NEGATIVE_INFINITY
  #quietUntil = Number.NEGATIVE_INFINITY
  #backOff: number = backOffMs[0]
  readonly #told = new Set<string>()

  /** @param name who speaks in reports */
  constructor(path: string, name: string, settings: RotationSettings, options: FileRotationOptions = {}) {
    const { within, clock = systemClock, wall = Date.now, report = reportLine } = options
    const { disk = within === undefined ? systemRotationDisk : insideDisk(within) } = options
    this.#path = path
    this.#name = name
    this.#settings = settings
    this.#disk = disk
    this.#clock = clock
    this.#wall = wall
    this.#startedAt = options.startedAt ?? Date.now() - process.uptime() * 1000
    this.#report = report
    this.#protocol = new RotationProtocol(path, settings.names, disk, wall)
    this.#housekeeper = new Housekeeper(path, settings, {
      clock,
      wall,
      within,
      failed: (error) => this.#tell('keeping', error),
    })
    this.#leftover = settings.atStart && settings.own
  }

  rotate(file: FileState): boolean {
    const now = this.#clock.now()
    if (now < this.#quietUntil || (this.#claimed && same(this.#claimed, file) && now < this.#sweepAt)) return false
    try {
      // Of a file that was empty nobody knows here since when it is not: the same as one that was just opened.
      if (!this.#file && this.#settings.own) this.#housekeeper.soon()
      if (!this.#file || this.#file.size === 0 || !same(this.#file, file)) this.#meet(file)
      this.#file = file
      const due = file.size > 0 && this.#due(file)
      if (!due) this.#asked = undefined
      return (due || now >= this.#sweepAt) && this.#act(file, due, now)
    } catch (error) {
      this.#tell('rotation', error as Error)
      this.#quietUntil = now + this.#backOff
      this.#backOff = Math.min(2 * this.#backOff, backOffMs[1])
      return false
    }
  }

  request(file: FileState): void {
    this.#asked = file
  }

  finish(): void {
    this.#housekeeper.finish()
  }

  #due(file: FileState): boolean {
    const { maxBytes = Infinity, every } = this.#settings
    return (
      file.size >= maxBytes ||
      (this.#asked !== undefined && same(this.#asked, file)) ||
      this.#leftover ||
      (every !== undefined && intervalOf(every, this.#wall()) > this.#interval)
    )
  }

  #meet(file: FileState): void {
    const found = this.#disk.stat(this.#path)
    const other = this.#file !== undefined && !same(this.#file, file)
    this.#leftover &&= !other && file.size > 0 && (found?.birthtimeMs ?? Infinity) < this.#startedAt
    const { every } = this.#settings
    if (every) this.#interval = intervalOf(every, (file.size > 0 && found?.mtimeMs) || this.#wall())
  }

  #act(file: FileState, due: boolean, now: number): boolean {
    if (now >= this.#sweepAt) this.#sweepAt = runSteps(this.#protocol.sweep(now)) ? now + patienceMs : Infinity
    const outcome = due ? runSteps(this.#protocol.rotate(file)) : this.#where(file)
    if (outcome === 'rotated') {
      this.#backOff = backOffMs[0]
      this.#housekeeper.soon()
    }
    // Whoever is at it may die there, and may have died before.
    if (outcome === 'claimed' || outcome === 'rotated') this.#sweepAt = Math.min(this.#sweepAt, now + patienceMs)
    this.#claimed = outcome === 'claimed' ? file : undefined
    return outcome === 'moved' || outcome === 'rotated'
  }

  #where(file: FileState): 'here' | 'moved' {
    const found: NamedFile | undefined = this.#disk.stat(this.#path)
    return found && same(found, file) ? 'here' : 'moved'
  }

  #tell(what: 'rotation' | 'keeping', { message, code = '' }: NodeJS.ErrnoException): void {
    if (this.#told.has(what)) return
    this.#told.add(what)
    const remedy = remedies[code] ? `${remedies[code]}; ` : ''
    this.#report(`${this.#name}: ${what} failed: ${message}; ${remedy}it is tried again, the lines go on`)
  }
}
