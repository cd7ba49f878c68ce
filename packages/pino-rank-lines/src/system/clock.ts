import { maxTimerMs } from 'pino-rank/sink'
import { type ThreadTimes, threadTimes } from './thread-times.ts'

/** The clock of a writer. Tests have their own. */
export interface Clock {
  /** Returns the time in ms, on a clock that never goes back. */
  now(): number
  /** Runs `task` once after `ms`, however long. Does not keep the process alive. The returned function cancels it. */
  after(ms: number, task: () => void): () => void
  /** Runs `task` once when the event loop next turns. Keeps the process alive until then. The returned function cancels it. */
  nextTurn(task: () => void): () => void
  /** Blocks this thread for `ms`. */
  pause(ms: number): void
  /** How long this thread waited for a core and computed. @default unknown */
  threadTimes?(): ThreadTimes
}

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
  nextTurn(task) {
    const immediate = setImmediate(task)
    return () => clearImmediate(immediate)
  },
  pause: (ms) => void Atomics.wait(still, 0, 0, ms),
  threadTimes,
}
