import { Worker } from 'node:worker_threads'
import type { CollectorOptions } from './collector/collector.ts'

/** How long an exit waits for this rank's own last lines, in ms. */
const ownMs = 1000

/** A collector that one rank of a host has asked for, in a thread of its own: the program's thread may compute for minutes. */
export class OwnCollector {
  readonly #lingerMs: number
  readonly #worker: Worker
  /** How many ranks are connected. */
  readonly #connected = new Int32Array(new SharedArrayBuffer(4))

  constructor(options: CollectorOptions, lingerMs: number) {
    this.#lingerMs = lingerMs
    this.#worker = new Worker(new URL('./collector-thread.js', import.meta.url), {
      workerData: { options, connected: this.#connected },
      resourceLimits: { maxYoungGenerationSizeMb: 4 },
    })
    this.#worker.unref()
    this.#worker.on('error', () => {}) // ranks write to their own stdout
  }

  /** @param drain waits for the lines of this rank, at most so many ms */
  settle(drain: (ms: number) => void): void {
    drain(Math.max(ownMs, this.#lingerMs))
    const until = performance.now() + this.#lingerMs
    for (let left = this.#lingerMs; left > 0; left = until - performance.now()) {
      const connected = Atomics.load(this.#connected, 0)
      if (connected < 2) return
      Atomics.wait(this.#connected, 0, connected, left)
    }
  }

  close(): void {
    void this.#worker.terminate()
  }
}
