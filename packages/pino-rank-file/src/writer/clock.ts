/** Time as the writer uses it; a test brings its own. */
export interface Clock {
  /** Milliseconds on a scale that never goes back. */
  now(): number
  /** Runs `task` once after `ms`, however long, without keeping the process alive; the returned function takes it back. */
  after(ms: number, task: () => void): () => void
  /** Blocks this thread for `ms`. */
  pause(ms: number): void
}

/** The longest timer that Node has, in ms: a longer one fires at once. */
const maxTimerMs = 2 ** 31 - 1

const still = new Int32Array(new SharedArrayBuffer(4))

export const systemClock: Clock = {
  now: () => performance.now(),
  after(ms, task) {
    let timer: NodeJS.Timeout
    const wait = (left: number) => {
      const next = left > maxTimerMs ? () => wait(left - maxTimerMs) : task
      timer = setTimeout(next, Math.min(left, maxTimerMs)).unref()
    }
    wait(ms)
    return () => clearTimeout(timer)
  },
  pause: (ms) => void Atomics.wait(still, 0, 0, ms),
}
