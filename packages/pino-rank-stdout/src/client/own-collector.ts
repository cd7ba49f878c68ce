import { Worker } from 'node:worker_threads'
import type { CollectorOptions } from '../collector/index.ts'
import type { CollectorClient } from './collector-client.ts'
import type { CollectorData, EndMessage, StartMessage } from './collector-thread.ts'

/** How long an exit waits for this host's last lines, in addition to the linger time, in ms. */
const maxFlushMs = 1000

/** A collector that one rank of a host has asked for, in a thread of its own: the program's thread may compute for minutes. */
export class OwnCollector {
  readonly #lingerMs: number
  readonly #worker: Worker
  readonly #done = new Int32Array(new SharedArrayBuffer(4))

  constructor(options: CollectorOptions, lingerMs: number) {
    this.#lingerMs = lingerMs
    const workerData: CollectorData = { options, done: this.#done }
    this.#worker = new Worker(new URL('./collector-thread.js', import.meta.url), {
      workerData,
      resourceLimits: { maxYoungGenerationSizeMb: 4 },
    })
    this.#worker.unref()
    this.#worker.on('error', () => {}) // ranks write to their own stdout
  }

  /**
   * Waits for the other ranks, at most the linger time, and until what has come is written.
   *
   * @param client of this rank
   */
  end(client: CollectorClient): void {
    const start: StartMessage = 'start'
    this.#worker.postMessage(start)
    client.flush(maxFlushMs)
    const end: EndMessage = { lingerMs: this.#lingerMs, ownConnections: client.tryConnect() ? 1 : 0 }
    this.#worker.postMessage(end)
    Atomics.wait(this.#done, 0, 0, this.#lingerMs + maxFlushMs)
  }

  close(): void {
    void this.#worker.terminate()
  }
}
