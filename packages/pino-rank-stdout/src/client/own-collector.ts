import { Worker } from 'node:worker_threads'
import { RankError } from 'pino-rank/sink'
import { ThreadCode, type ThreadSource } from 'pino-rank-lines/system'
import type { CollectorOptions } from '../collector/index.ts'
import type { CollectorClient } from './collector-client.ts'
import type { CollectorData, EndMessage, StartMessage } from './collector-thread.ts'

/** How long the exit waits for the last lines of this host, in addition to the linger time, in ms. */
const maxFlushMs = 1000

const code = new ThreadCode(
  './collector-thread.js',
  import.meta.url,
  () => import(/* webpackMode: "eager" */ './collector-source.ts'),
)

/** A collector in a thread of this rank. It needs its own thread, because the main thread may compute for minutes. */
export class OwnCollector {
  readonly #lingerMs: number
  readonly #data: CollectorData
  readonly #done = new Int32Array(new SharedArrayBuffer(4))
  /** Undefined while the code of the thread is being loaded, as in a bundle. */
  #worker: Worker | undefined
  #isEnding = false

  /** @throws {RankError} OPTION_INVALID if Node's permission model forbids threads */
  constructor(options: CollectorOptions, lingerMs: number) {
    this.#lingerMs = lingerMs
    this.#data = { options, done: this.#done }
    const found = code.get()
    if (found) this.#start(found)
    else
      code
        .load()
        .then((loaded) => this.#start(loaded))
        .catch(() => {}) // ranks write to their own stdout
  }

  /** True if the collector may be starting or running. False if it could not start, or has ended. */
  get mayBeRunning(): boolean {
    return this.#worker !== undefined && Atomics.load(this.#done, 0) === 0
  }

  /**
   * Waits for the other ranks, for at most the linger time, and until all lines that have arrived are written.
   *
   * @param client the client of this rank
   */
  end(client: CollectorClient): void {
    this.#isEnding = true
    const worker = this.#worker
    if (!worker) return
    const start: StartMessage = 'start'
    worker.postMessage(start)
    client.flush(maxFlushMs)
    const end: EndMessage = { lingerMs: this.#lingerMs, ownConnections: client.tryConnect() ? 1 : 0 }
    worker.postMessage(end)
    Atomics.wait(this.#done, 0, 0, this.#lingerMs + maxFlushMs)
  }

  close(): void {
    this.#isEnding = true
    void this.#worker?.terminate()
  }

  #start({ source, eval: isText }: ThreadSource): void {
    if (this.#isEnding) return
    const options = { eval: isText, workerData: this.#data, resourceLimits: { maxYoungGenerationSizeMb: 4 } }
    try {
      this.#worker = new Worker(source, options)
    } catch (error) {
      throw noThreadError(error as NodeJS.ErrnoException)
    }
    this.#worker.unref()
    this.#worker.on('error', () => {}) // ranks write to their own stdout
  }
}

function noThreadError({ code, message }: NodeJS.ErrnoException): RankError {
  return new RankError('OPTION_INVALID', {
    package: 'pino-rank-stdout',
    at: 'option "collector"',
    expected: 'a program that may start a thread for it',
    received: code ?? message,
    fix: 'start node with --allow-worker, or leave the option out and start the ranks with ranklog run',
  })
}
