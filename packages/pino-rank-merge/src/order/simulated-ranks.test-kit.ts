import { each, type SimulatedClock } from './simulated-clock.test-kit.ts'
import type { SimulatedPipe } from './simulated-pipe.test-kit.ts'

let lines = 0

/** Returns a line in pino's layout, with a unique number. */
export function lineAt(time: number, fill = 0): string {
  return `{"level":30,"time":${time},"line":${lines++},"fill":"${'x'.repeat(fill)}"}\n`
}

/** Writes lines in order, like pino's destination. If its pipe is full, it buffers them and sleeps for 100 ms. */
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

  /** Buffers a line until {@link flush}. */
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

/** Logs a line every ms, but none while the logger of the rank sleeps. */
export function logFor(clock: SimulatedClock, rank: PinoWriter, ms: number, then: () => void = () => rank.end()): void {
  each(clock, 1, ms, () => !rank.isBlocked && rank.write(lineAt(clock.time, 200)), then)
}

/** Logs a line every ms while the event loop is blocked: the first line is written at once, the others at the end. */
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
