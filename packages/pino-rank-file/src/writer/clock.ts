/** Time as the writer uses it; a test brings its own. */
export interface Clock {
  /** Milliseconds on a scale that never goes back. */
  now(): number
  /** Runs `task` once after `ms` without keeping the process alive; the returned function takes it back. */
  after(ms: number, task: () => void): () => void
  /** Blocks this thread for `ms`. */
  pause(ms: number): void
}

const still = new Int32Array(new SharedArrayBuffer(4))

export const systemClock: Clock = {
  now: () => performance.now(),
  after(ms, task) {
    const timer = setTimeout(task, ms).unref()
    return () => clearTimeout(timer)
  },
  pause: (ms) => void Atomics.wait(still, 0, 0, ms),
}
