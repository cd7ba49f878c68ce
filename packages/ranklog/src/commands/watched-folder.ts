import { setMaxListeners } from 'node:events'
import { readdirSync, statSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import type { RankSet } from 'pino-rank/sink'
import { type Block, blocksOf, type Merged, merge } from 'pino-rank-merge'
import { InputError } from '../cli/index.ts'
import {
  type Found,
  findSources,
  followFile,
  hasUnknownLocalRank,
  isMarked,
  isSelected,
  type LogSource,
  type SourceTimes,
  type TimeNames,
  timeReports,
  unknownLocalRank,
} from '../files/index.ts'
import { withoutBar } from '../terminal/index.ts'
import { LogSlot } from './log-slot.ts'

/** Number of slots of the first merge. */
const firstSlots = 512
const pollMs = 500

export interface WatchOptions {
  /** How many of the existing lines of each log are read first. */
  lines: number
  /** Undefined: all ranks, and logs without a rank. */
  ranks: RankSet | undefined
  times: TimeNames
  /** How long a line waits for earlier lines of other ranks, in ms. */
  reorderWindowMs: number
  /** Called with messages for the user, for example about logs that cannot be read. */
  warn: (message: string) => void
  /** Called with progress bars in the log of the first rank. Bars of other ranks are left out. @default bars are shown as text */
  onBar?: (bar: string) => void
  stopped: AbortSignal
}

/** Merges the logs of a folder while they are written. It also follows logs and folders that appear later. */
export class WatchedFolder {
  /** The label of each source. */
  readonly names: string[] = []
  readonly #sources: LogSource[] = []
  /** Slots whose lines without a time have been reported. */
  readonly #reported = new Set<number>()
  /** The current merge, and the number of its slots. */
  #merged: { merged: Merged; slots: number } | undefined
  readonly #path: string
  readonly #options: WatchOptions
  readonly #slots: LogSlot[] = []
  /** Number of slots of the next merge. */
  #slotCount = firstSlots
  readonly #known = new Set<string>()
  /** By label: how many searches found no local rank. */
  readonly #unknown = new Map<string, number>()
  readonly #warned = new Set<string>()

  constructor(path: string, options: WatchOptions) {
    this.#path = path
    this.#options = options
    setMaxListeners(0, options.stopped) // each followed file adds one
    this.#addSlots()
    options.stopped.addEventListener('abort', () => {
      for (const slot of this.#slots) slot.end()
    })
  }

  /** Merges the logs until it is stopped. A merge has a fixed number of sources: if there are more, a larger merge continues. */
  async *blocks(): AsyncGenerator<Block[]> {
    const { reorderWindowMs, stopped } = this.#options
    void this.#search()
    const options = { live: true, reorderWindowMs, partialLines: true, timeKey: (slot: number) => this.#timeOf(slot) }
    while (!stopped.aborted) {
      const slots = this.#slots.slice()
      const merged = merge(slots, options)
      this.#merged = { merged, slots: slots.length }
      yield* blocksOf(merged.batches())
    }
  }

  /** Returns the logs that exist now. */
  async files(): Promise<string[]> {
    return (await this.#find()).sources.flatMap(({ files }) => files)
  }

  /** Searches for new logs until it is stopped. */
  async #search(): Promise<void> {
    const { stopped, lines } = this.#options
    await this.#addLogs(lines)
    while (!stopped.aborted) {
      await pause(pollMs, undefined, { signal: stopped }).catch(() => {})
      await this.#addLogs(Infinity)
      if (this.#merged) this.#reportTimes(this.#merged.merged, this.#merged.slots)
    }
  }

  /** Returns the name of the field with the time in the lines of a slot. */
  #timeOf(slot: number): string {
    return this.#options.times.of(this.#sources[slot] as LogSource)
  }

  /** Reports logs with lines without a time. @param slots the number of slots of the merge */
  #reportTimes(merged: Merged, slots: number): void {
    const found = this.#sources.slice(0, slots).map((source, slot): SourceTimes => {
      const untimed = this.#reported.has(slot) ? 0 : merged.untimed(slot)
      if (untimed > 0) this.#reported.add(slot)
      return { source, name: this.#timeOf(slot), untimed, hasTime: untimed === 0 || merged.hasTime(slot) }
    })
    for (const text of timeReports(found, 'its lines are shown in order of arrival')) this.#options.warn(text)
  }

  /** Adds the logs that are new, with at most their last `lines` lines. */
  async #addLogs(lines: number): Promise<void> {
    const { ranks, stopped } = this.#options
    const found = await this.#find()
    for (const problem of found.problems) this.#warnOnce(problem)
    const sources = found.sources.filter(({ active }) => !this.#known.has(active))
    if (ranks?.local) this.#warnOfUnknown(sources.filter(hasUnknownLocalRank))
    const selected = sources.filter((source) => !ranks || isSelected(source, ranks))
    for (const { active } of selected) this.#known.add(active)
    const logs = selected.filter(({ active }) => !isMarked(active))
    if (stopped.aborted) return
    this.#ensureSlots(this.names.length + logs.length)
    for (const source of logs) {
      const { label, active } = source
      const onError = (error: Error) => this.#options.warn(`${active}: ${error.message}; tail tries again`)
      const bytes = followFile(active, { lines, stopped, onError })
      this.#slots[this.names.length]?.fill(this.#withoutBar(bytes, label))
      this.names.push(label)
      this.#sources.push(source)
    }
  }

  #withoutBar(bytes: AsyncIterable<Uint8Array>, label: string): AsyncIterable<Uint8Array> {
    const { onBar } = this.#options
    if (!onBar) return bytes
    return withoutBar(bytes, (bar) => {
      if (label === this.names[0]) onBar(bar)
    })
  }

  /** If there are fewer slots, adds slots, and ends the current merge, so that a larger one begins. */
  #ensureSlots(count: number): void {
    if (count <= this.#slotCount) return
    while (this.#slotCount < count) this.#slotCount *= 2
    const current = this.#slots.slice()
    this.#addSlots()
    for (const slot of current) slot.handOver()
  }

  #addSlots(): void {
    while (this.#slots.length < this.#slotCount) this.#slots.push(new LogSlot())
  }

  /**
   * Warns about logs whose local rank is unknown. Warns only at the second search, because a rank writes its manifest shortly
   * after its first line.
   */
  #warnOfUnknown(sources: readonly LogSource[]): void {
    const late = sources.filter(({ label }) => this.#unknown.get(label) === 1)
    for (const { label } of sources) this.#unknown.set(label, (this.#unknown.get(label) ?? 0) + 1)
    if (late.length === 0) return
    const { message, fix } = unknownLocalRank(late)
    this.#options.warn(`${message}; ${fix}`)
  }

  #warnOnce(problem: string): void {
    if (!this.#warned.has(problem)) this.#options.warn(problem)
    this.#warned.add(problem)
  }

  /** Finds the logs. Finds none if the folder does not exist yet, has no log or cannot be read. Reports the last case once. */
  async #find(): Promise<Found> {
    try {
      if (this.#hasEntries()) return await findSources([this.#path], { isOrdered: false })
    } catch (error) {
      if (!(error instanceof InputError)) this.#warnOnce(`${(error as Error).message}; tail tries again`)
    }
    return { sources: [], folders: [], manifests: [], problems: [] }
  }

  /** Reports whether the path is a file, or a folder that is not empty. @throws the system's error if it cannot be read */
  #hasEntries(): boolean {
    const found = statSync(this.#path, { throwIfNoEntry: false })
    return found !== undefined && (!found.isDirectory() || readdirSync(this.#path).length > 0)
  }
}
