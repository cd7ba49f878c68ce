import { readdirSync, statSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import type { RankSet } from 'pino-rank/sink'
import { blocksOf, type Decorator, type Merged, merge } from 'pino-rank-merge'
import type { Given, Io, Output } from '../cli/index.ts'
import { InputError, readCount, readLevel, readRanks } from '../cli/index.ts'
import {
  findSources,
  followFile,
  hasUnknownLocalRank,
  isMarked,
  isSelected,
  type LogSource,
  refuseInput,
  type SourceTimes,
  TimeNames,
  timeReports,
  unknownLocalRank,
} from '../files/index.ts'
import { forPeople, withoutBar } from '../terminal/index.ts'
import { filter } from './decorations.ts'

/** Ranks that appear later. */
const spare = 512
const pollMs = 500
/** After a signal, what is being written has this long, in ms. */
const maxEndMs = 3000

/** Runs `ranklog tail`. @returns the exit code @throws {InputError} */
export async function tailLogs({ options, paths }: Given, io: Io): Promise<number> {
  const [folder, ...more] = paths
  if (folder === undefined || more.length > 0)
    throw new InputError('tail: not one folder', 'name one: ranklog tail logs/')
  if (!statSync(folder, { throwIfNoEntry: false }))
    throw new InputError(`${folder}: no such folder`, 'name the folder of the run')
  const raw = options.raw === true
  const stopped = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      stopped.abort()
      setTimeout(() => process.kill(process.pid, signal), maxEndMs).unref() // a reader that stands still holds nobody
    })
  const watched = new Watched(folder, {
    lines: readCount('lines', options.lines, 10, 0),
    ranks: readRanks(options.ranks),
    times: new TimeNames((options.time as string[] | undefined) ?? []),
    warn: (message) => io.stderr.report(`ranklog tail: ${message}`),
    stopped: stopped.signal,
  })
  const level = typeof options.level === 'string' ? readLevel(options.level) : undefined
  const reorderWindowMs = readCount('window', options.window, 50, 0)
  const slots =
    io.stdout.isTTY && !raw
      ? watched.slots.map((slot, at) => withoutBar(slot, watched.barOf(at, io.stdout)))
      : watched.slots
  const merged = merge(slots, {
    live: true,
    reorderWindowMs,
    partialLines: true,
    timeKey: (slot) => watched.timeOf(slot),
  })
  refuseInput('tail: stdout', 1, await watched.files())
  void watched.look(merged)
  void stopWithoutReader(io.stdout, stopped)
  const decorate: Decorator = raw ? (blocks) => blocks : (await forPeople(io.stdout, io.env))(watched.names)
  try {
    for await (const blocks of decorate(filter({ level })(blocksOf(merged.batches())))) {
      if (!(await io.stdout.write(Buffer.concat(blocks.map(({ bytes }) => bytes))))) break // the reader has left
    }
  } finally {
    stopped.abort()
  }
  return 0
}

/** Stops once nobody reads the output any more, even if there is nothing to write. */
async function stopWithoutReader(output: Output, stopped: AbortController): Promise<void> {
  while (!stopped.signal.aborted) {
    if (!output.hasReader()) stopped.abort()
    await pause(pollMs, undefined, { signal: stopped.signal }).catch(() => {})
  }
}

interface WatchOptions {
  lines: number
  /** @default all, and logs of no rank */
  ranks: RankSet | undefined
  times: TimeNames
  /** Called with what the user must know about logs that are not shown. */
  warn: (message: string) => void
  stopped: AbortSignal
}

/** The logs of a folder, those that appear later too: each takes a slot of the merge. */
class Watched {
  readonly slots: AsyncIterable<Uint8Array>[]
  /** By slot. */
  readonly names: string[] = []
  readonly #sources: LogSource[] = []
  /** Slots whose lines without a time were reported. */
  readonly #reported = new Set<number>()
  readonly #folder: string
  readonly #options: WatchOptions
  readonly #fill: ((files: AsyncIterable<Uint8Array>) => void)[] = []
  readonly #known = new Set<string>()
  /** By label, how many looks found no local rank. */
  readonly #unknown = new Map<string, number>()

  constructor(folder: string, options: WatchOptions) {
    this.#folder = folder
    this.#options = options
    const stop = new Promise<undefined>((stop) => options.stopped.addEventListener('abort', () => stop(undefined)))
    this.slots = Array.from({ length: spare }, (_, slot) => {
      const filled = new Promise<AsyncIterable<Uint8Array>>((fill) => {
        this.#fill[slot] = fill
      })
      return fromPromise(Promise.race([filled, stop]))
    })
  }

  /** Returns the function that shows a progress bar in the log of a slot: that of the first rank. */
  barOf(slot: number, output: Output): (bar: string) => void {
    return (bar) => {
      if (this.names[slot] === this.names[0]) output.showBar(bar)
    }
  }

  /** Returns the name of the time in the lines of a slot. */
  timeOf(slot: number): string {
    return this.#options.times.of(this.#sources[slot] as LogSource)
  }

  /** Looks for logs, and for lines without a time, until it is stopped. */
  async look(merged: Merged): Promise<void> {
    const { stopped, lines } = this.#options
    await this.#take(lines)
    while (!stopped.aborted) {
      await pause(pollMs, undefined, { signal: stopped }).catch(() => {})
      await this.#take(Infinity)
      this.#reportTimes(merged)
    }
  }

  #reportTimes(merged: Merged): void {
    const found = this.#sources.map((source, slot): SourceTimes => {
      const untimed = this.#reported.has(slot) ? 0 : merged.untimed(slot)
      if (untimed > 0) this.#reported.add(slot)
      return { source, name: this.timeOf(slot), untimed, hasTime: untimed === 0 || merged.hasTime(slot) }
    })
    for (const text of timeReports(found, 'its lines are shown as they come')) this.#options.warn(text)
  }

  async #take(lines: number): Promise<void> {
    const { ranks } = this.#options
    const sources = (await this.#find()).filter(({ files }) => !this.#known.has(files.at(-1) as string))
    if (ranks?.local) this.#warnOfUnknown(sources.filter(hasUnknownLocalRank))
    for (const source of sources) {
      const { label, files } = source
      const file = files.at(-1) as string
      if ((ranks && !isSelected(source, ranks)) || this.names.length === spare) continue
      this.#known.add(file)
      if (isMarked(file)) continue
      this.#fill[this.names.length]?.(followFile(file, lines, this.#options.stopped))
      this.names.push(label)
      this.#sources.push(source)
    }
  }

  /** Warns about logs whose local rank is still unknown at the second look: a rank writes its manifest right after its first line. */
  #warnOfUnknown(sources: readonly LogSource[]): void {
    const late = sources.filter(({ label }) => this.#unknown.get(label) === 1)
    for (const { label } of sources) this.#unknown.set(label, (this.#unknown.get(label) ?? 0) + 1)
    if (late.length === 0) return
    const { message, fix } = unknownLocalRank(late)
    this.#options.warn(`${message}; ${fix}`)
  }

  /** Returns the logs that exist now. */
  async files(): Promise<string[]> {
    return (await this.#find()).flatMap(({ files }) => files)
  }

  async #find(): Promise<LogSource[]> {
    try {
      return readdirSync(this.#folder).length > 0 ? (await findSources([this.#folder])).sources : []
    } catch {
      return [] // nothing is there yet
    }
  }
}

async function* fromPromise(coming: Promise<AsyncIterable<Uint8Array> | undefined>): AsyncGenerator<Uint8Array> {
  const files = await coming
  if (files) yield* files
}
