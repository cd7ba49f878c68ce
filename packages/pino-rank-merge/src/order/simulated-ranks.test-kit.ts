import { layoutOf, liveShape } from '../kernel/layout.ts'
import { kernelOf } from '../kernel/wasm-kernel.ts'
import { LineTime } from './line-time.ts'
import { LiveScheduler, type LiveSchedulerOptions } from './live-scheduler.ts'
import { Planner } from './planner.ts'

export const start = 1_700_000_000_000

/** A clock that jumps to the next due callback once nothing else happens. */
export class SimulatedClock {
  time: number = start
  readonly #due: { at: number; callback: () => void }[] = []

  now = (): number => this.time

  after = (ms: number, callback: () => void): (() => void) => {
    const entry = { at: this.time + ms, callback }
    this.#due.push(entry)
    return () => {
      const index = this.#due.indexOf(entry)
      if (index !== -1) this.#due.splice(index, 1)
    }
  }

  /** Advances to the next due callback, or `laterMs` beyond it. All callbacks that are due by then are called. */
  async next(laterMs = 0): Promise<void> {
    const next = Math.min(...this.#due.map(({ at }) => at))
    if (next === Infinity) throw new Error('nothing is due any more, and the merge waits')
    this.time = Math.max(this.time, next + laterMs)
    for (let due = this.#take(); due; due = this.#take()) due.callback()
    for (let turn = 0; turn < 6; turn++) await new Promise(setImmediate)
  }

  #take(): { callback: () => void } | undefined {
    const index = this.#due.findIndex(({ at }) => at <= this.time)
    return index === -1 ? undefined : this.#due.splice(index, 1)[0]
  }
}

/** A pipe with a capacity. It refuses text beyond it. */
export class SimulatedPipe implements AsyncIterable<Uint8Array> {
  isAway = false
  /** True while its program computes. `isBusyVisible` tells whether the merge can see that. */
  isBusy = false
  isBusyVisible = true
  /** While true, bytes that arrive are not given to the merge. */
  isHeld = false
  readonly #capacity: number
  #bytes = ''
  #hasEnded = false
  #wake = () => {}

  constructor(capacity: number = 2 ** 12) {
    this.#capacity = capacity
  }

  isComputing(): boolean {
    return this.isBusy && this.isBusyVisible
  }

  get hasBytes(): boolean {
    return this.isHeld && this.#bytes !== ''
  }

  release(): void {
    this.isHeld = false
    this.#wake()
  }

  /** Returns false, and writes nothing, if the pipe is full. */
  write(text: string): boolean {
    if (this.#bytes !== '' && this.#bytes.length + text.length > this.#capacity) return false
    this.#bytes += text
    this.#wake()
    return true
  }

  end(): void {
    this.#hasEnded = true
    this.#wake()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      const bytes = Buffer.from(this.isHeld ? '' : this.#bytes)
      this.#bytes = this.isHeld ? this.#bytes : ''
      if (bytes.length > 0) yield bytes
      else if (this.#hasEnded && !this.isHeld) return
      else
        await new Promise<void>((wake) => {
          this.#wake = wake
        })
    }
  }
}

let lines = 0

/** Returns a line of pino's with a unique number. */
export function lineAt(time: number, fill = 0): string {
  return `{"level":30,"time":${time},"line":${lines++},"fill":"${'x'.repeat(fill)}"}\n`
}

/** Writes like pino's destination: lines in order. If its pipe is full, it sleeps for 100 ms and keeps the lines. */
export class PinoWriter {
  readonly pipe: SimulatedPipe
  readonly written: string[] = []
  readonly #clock: SimulatedClock
  #waiting: string[] = []
  #isAsleep = false
  #onIdle: (() => void) | undefined

  constructor(clock: SimulatedClock, pipe: SimulatedPipe) {
    this.#clock = clock
    this.pipe = pipe
  }

  /** True if it has lines that it could not write yet. */
  get isBlocked(): boolean {
    return this.#waiting.length > 0
  }

  write(line: string): void {
    this.hold(line)
    this.flush()
  }

  /** Keeps a line in memory until {@link flush}. */
  hold(line: string): void {
    this.written.push(line)
    this.#waiting.push(line)
  }

  flush(): void {
    if (this.#isAsleep) return
    while (this.#waiting.length > 0 && this.pipe.write(this.#waiting[0] as string)) this.#waiting.shift()
    if (this.#waiting.length > 0) {
      this.#isAsleep = true
      this.#clock.after(100, () => {
        this.#isAsleep = false
        this.flush()
      })
    } else this.#onIdle?.()
  }

  /** Ends the pipe when all is written. */
  end(): void {
    this.#onIdle = () => this.pipe.end()
    this.flush()
  }
}

export interface Written {
  time: number
  source: number
  line: number
  /** When the merge wrote it. */
  at: number
}

export interface RunningMerge {
  out: Written[]
  scheduler: LiveScheduler
  /** Resolves when all sources have ended. */
  ended: Promise<void>
}

/** Merges pipes under the given clock. `pause` simulates a slow reader: it is called with each plan. */
export function startMerge(
  clock: SimulatedClock,
  pipes: readonly SimulatedPipe[],
  live: Partial<LiveSchedulerOptions> & { maxBytes?: number; pause?: () => Promise<void> },
): RunningMerge {
  const layout = layoutOf(pipes.length, live.maxBytes ?? 2 ** 24, liveShape)
  const kernel = kernelOf(layout.size)
  const planner = new Planner(pipes.length, kernel, layout, new LineTime())
  const { now, after } = clock
  const scheduler = new LiveScheduler(pipes, planner, { windowMs: 250, now, after, ...live })
  const out: Written[] = []
  const { from, to, sources, times } = planner.planned
  const bytes = Buffer.from(kernel.bytes.buffer, kernel.bytes.byteOffset, kernel.bytes.byteLength)
  const ended = (async () => {
    for await (const { count } of scheduler.plans()) {
      for (let at = 0; at < count; at++) {
        const text = bytes.toString('latin1', from[at], to[at])
        const line = Number(/"line":(\d+)/.exec(text)?.[1] ?? -1)
        out.push({ time: times[at] as number, source: sources[at] as number, line, at: clock.time })
      }
      if (count > 0) await live.pause?.()
    }
  })()
  return { out, scheduler, ended }
}

/** Advances the clock until all sources have ended. */
export async function untilEnd(
  clock: SimulatedClock,
  { ended }: RunningMerge,
  laterMs: () => number = () => 0,
): Promise<void> {
  let isOver = false
  ended.finally(() => {
    isOver = true
  })
  for (let turn = 0; turn < 6; turn++) await new Promise(setImmediate)
  while (!isOver) await clock.next(laterMs())
  await ended
}

/** Calls back at an interval, a given number of times. */
export function each(
  clock: SimulatedClock,
  ms: number,
  times: number,
  call: (time: number) => void,
  then: () => void = () => {},
): void {
  const step = (left: number) => {
    if (left === 0) {
      then()
      return
    }
    call(times - left)
    clock.after(ms, () => step(left - 1))
  }
  step(times)
}

/** A rank whose loop waits while its logger sleeps: it logs a line each ms while it is awake. */
export function logFor(clock: SimulatedClock, rank: PinoWriter, ms: number, then: () => void = () => rank.end()): void {
  each(clock, 1, ms, () => !rank.isBlocked && rank.write(lineAt(clock.time, 200)), then)
}

/** A rank that blocks its event loop: the first line is written at once, the others when the loop is over. */
export function computeFor(
  clock: SimulatedClock,
  rank: PinoWriter,
  ms: number,
  then: () => void = () => rank.end(),
): void {
  const hold = (at: number) => (at === 0 ? rank.write(lineAt(clock.time)) : rank.hold(lineAt(clock.time, 100)))
  rank.pipe.isBusy = true
  each(clock, 1, ms, hold, () => {
    rank.pipe.isBusy = false
    rank.flush()
    then()
  })
}

/** Reports whether all lines of each rank were written, in its order. */
export function areWhole(out: readonly Written[], ranks: readonly PinoWriter[]): boolean {
  return ranks.every((rank, source) => {
    const own = out.filter((line) => line.source === source).map(({ line }) => line)
    return own.join() === rank.written.map((line) => /"line":(\d+)/.exec(line)?.[1]).join()
  })
}

/** Returns the lines that come after a later one. */
export function lateLines(out: readonly Written[]): Written[] {
  let latest = 0
  return out.filter(({ time }) => {
    latest = Math.max(latest, time)
    return time < latest
  })
}
