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

/** Number of logs that a merge has room for at first. */
const firstSlots = 512
const pollMs = 500

export interface WatchOptions {
  /** How many of the existing lines of each log are read first. */
  lines: number
  /** @default all, and logs of no rank */
  ranks: RankSet | undefined
  times: TimeNames
  /** How long a line waits for earlier lines of other ranks, in ms. */
  reorderWindowMs: number
  /** Called with what the user must know about logs that are not shown. */
  warn: (message: string) => void
  /** Called with a progress bar in the log of the first rank. Bars of other ranks are then left out. @default bars are text */
  onBar?: (bar: string) => void
  stopped: AbortSignal
}

/** The logs of a folder, merged while they are written. Logs and folders that appear later are followed too. */
export class WatchedFolder {
  /** The name of each source. */
  readonly names: string[] = []
  readonly #sources: LogSource[] = []
  /** Sources whose lines without a time were reported. */
  readonly #reported = new Set<number>()
  /** The present merge, and the number of its slots. */
  #merged: { merged: Merged; slots: number } | undefined
  readonly #path: string
  readonly #options: WatchOptions
  readonly #slots: LogSlot[] = []
  #room = firstSlots
  readonly #known = new Set<string>()
  /** By label, how many looks found no local rank. */
  readonly #unknown = new Map<string, number>()
  readonly #warned = new Set<string>()

  constructor(path: string, options: WatchOptions) {
    this.#path = path
    this.#options = options
    setMaxListeners(0, options.stopped) // each file that is followed has one
    this.#addSlots()
    options.stopped.addEventListener('abort', () => {
      for (const slot of this.#slots) slot.end()
    })
  }

  /** Merges the logs, until it is stopped. A merge has a fixed number of sources: a larger one continues it if needed. */
  async *blocks(): AsyncGenerator<Block[]> {
    const { reorderWindowMs, stopped } = this.#options
    void this.#look()
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

  /** Looks for logs until it is stopped. */
  async #look(): Promise<void> {
    const { stopped, lines } = this.#options
    await this.#take(lines)
    while (!stopped.aborted) {
      await pause(pollMs, undefined, { signal: stopped }).catch(() => {})
      await this.#take(Infinity)
      if (this.#merged) this.#reportTimes(this.#merged.merged, this.#merged.slots)
    }
  }

  /** Returns the name of the time in the lines of a slot. */
  #timeOf(slot: number): string {
    return this.#options.times.of(this.#sources[slot] as LogSource)
  }

  /** @param slots of the merge. A larger merge is about to take the others */
  #reportTimes(merged: Merged, slots: number): void {
    const found = this.#sources.slice(0, slots).map((source, slot): SourceTimes => {
      const untimed = this.#reported.has(slot) ? 0 : merged.untimed(slot)
      if (untimed > 0) this.#reported.add(slot)
      return { source, name: this.#timeOf(slot), untimed, hasTime: untimed === 0 || merged.hasTime(slot) }
    })
    for (const text of timeReports(found, 'its lines are shown as they come')) this.#options.warn(text)
  }

  async #take(lines: number): Promise<void> {
    const { ranks, stopped } = this.#options
    const found = await this.#find()
    for (const problem of found.problems) this.#warnOnce(problem)
    const sources = found.sources.filter(({ active }) => !this.#known.has(active))
    if (ranks?.local) this.#warnOfUnknown(sources.filter(hasUnknownLocalRank))
    const selected = sources.filter((source) => !ranks || isSelected(source, ranks))
    for (const { active } of selected) this.#known.add(active)
    const logs = selected.filter(({ active }) => !isMarked(active))
    if (stopped.aborted) return
    this.#makeRoom(this.names.length + logs.length)
    for (const source of logs) {
      const { label, active } = source
      const onError = (error: Error) => this.#options.warn(`${active}: ${error.message}; it is tried again`)
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

  #makeRoom(count: number): void {
    if (count <= this.#room) return
    while (this.#room < count) this.#room *= 2
    const present = this.#slots.slice()
    this.#addSlots()
    for (const slot of present) slot.handOver()
  }

  #addSlots(): void {
    while (this.#slots.length < this.#room) this.#slots.push(new LogSlot())
  }

  /** Warns about logs whose local rank is still unknown at the second look: a rank writes its manifest right after its first line. */
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

  /** Finds the logs. None if the folder does not exist yet, has no log, or cannot be read, which is reported once. */
  async #find(): Promise<Found> {
    try {
      if (this.#isThere()) return await findSources([this.#path], { isOrdered: false })
    } catch (error) {
      if (!(error instanceof InputError)) this.#warnOnce(`${(error as Error).message}; it is tried again`)
    }
    return { sources: [], folders: [], manifests: [], problems: [] }
  }

  /** @throws the system's error if a folder cannot be read */
  #isThere(): boolean {
    const found = statSync(this.#path, { throwIfNoEntry: false })
    return found !== undefined && (!found.isDirectory() || readdirSync(this.#path).length > 0)
  }
}
