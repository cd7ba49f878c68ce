import { maxTimerMs } from 'pino-rank/sink'
import { type ThreadTimes, threadTimes } from './thread-times.ts'

/** The clock of a writer. Tests inject their own. */
export interface Clock {
  /** Returns the time in ms, on a clock that never goes back. */
  now(): number
  /** Runs `task` once after `ms`, however long. Does not keep the process alive. Returns the function that cancels it. */
  after(ms: number, task: () => void): () => void
  /** Runs `task` once when the event loop next turns. Keeps the process alive until then. Returns the function that cancels it. */
  nextTurn(task: () => void): () => void
  /** Blocks this thread for `ms`. */
  pause(ms: number): void
  /** Returns how long this thread has waited for a core and computed. @default unknown */
  threadTimes?(): ThreadTimes
}

const waitCell = new Int32Array(new SharedArrayBuffer(4))

export const systemClock: Clock = {
  now: () => performance.now(),
  after(ms, task) {
    let timer: NodeJS.Timeout
    const wait = (remainingMs: number) => {
      const next = remainingMs > maxTimerMs ? () => wait(remainingMs - maxTimerMs) : task
      timer = setTimeout(next, Math.min(remainingMs, maxTimerMs)).unref()
    }
    wait(ms)
    return () => clearTimeout(timer)
  },
  nextTurn(task) {
    const immediate = setImmediate(task)
    return () => clearImmediate(immediate)
  },
  pause: (ms) => void Atomics.wait(waitCell, 0, 0, ms),
  threadTimes,
}
