import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'
import type { Ack, WriterThread } from 'pino-rank-lines'
import { ThreadCode, type ThreadSource } from 'pino-rank-lines/system'
import type { AppendSinkSettings, SettingsAt } from './append-sink.ts'
import { ackCell, batchState, type Reply, type Request, stateCell, type WorkerData } from './writer-protocol.ts'

const code = new ThreadCode(
  './writer-worker.js',
  import.meta.url,
  () => import(/* webpackMode: "eager" */ './writer-source.ts'),
)

/**
 * Starts the {@link WriterThread} of a file. Returns undefined while the code of the thread is being loaded, as in a
 * bundle.
 *
 * @param settingsAt needed by a file that can be moved to another path
 * @throws if Node's permission model forbids threads
 */
export function startWriterThread(sink: AppendSinkSettings, settingsAt?: SettingsAt): WriterThread | undefined {
  const found = code.get()
  return found && new FileWriterThread(sink, found, settingsAt)
}

/**
 * The {@link WriterThread} of a file. A thread costs memory and start-up time, so it is started only for a slow disk,
 * or for a program that logs much. It does not keep the process alive. At exit, `wait` waits for the batch that it is
 * writing.
 */
class FileWriterThread implements WriterThread {
  onAck: (ack: Ack) => void = () => {}
  onError: (error: Error) => void = () => {}
  isBusy = false
  readonly #port: MessagePort
  readonly #settingsAt: SettingsAt | undefined
  readonly #cells = new Int32Array(new SharedArrayBuffer(8))
  /** Memory that both threads share. Each batch is copied into it, so that none needs an allocation. */
  #bytes = new SharedArrayBuffer(0)

  /** @param settingsAt needed by a file that can be moved to another path */
  constructor(sink: AppendSinkSettings, code: ThreadSource, settingsAt: SettingsAt | undefined) {
    this.#settingsAt = settingsAt
    const { port1, port2 } = new MessageChannel()
    this.#port = port1
    const workerData: WorkerData = { sink, port: port2, cells: this.#cells }
    const worker = new Worker(code.source, {
      eval: code.eval,
      workerData,
      transferList: [port2],
      execArgv: [], // the program's own flags, such as --eval or a loader, must not apply here
      resourceLimits: { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 64 }, // batches are outside of its heap
    })
    worker.unref()
    worker.on('error', (error) => this.onError(error))
    port1.on('message', (reply: Reply) => this.onAck(this.#receive(reply)))
    port1.unref()
  }

  write(lines: Buffer, sync: boolean): void {
    this.isBusy = true
    if (lines.length > this.#bytes.byteLength) this.#grow(lines.length)
    lines.copy(new Uint8Array(this.#bytes))
    Atomics.store(this.#cells, stateCell, batchState.submitted)
    this.#send({ length: lines.length, sync })
  }

  wait(ms: number): Ack | undefined {
    const until = performance.now() + ms
    for (let remainingMs = ms; this.isBusy; remainingMs = until - performance.now()) {
      const acks = Atomics.load(this.#cells, ackCell)
      const received = receiveMessageOnPort(this.#port) as { message: Reply } | undefined
      if (received) return this.#receive(received.message)
      if (remainingMs <= 0) break
      Atomics.wait(this.#cells, ackCell, acks, remainingMs)
    }
    return undefined
  }

  takeBack(): boolean {
    const { submitted, takenBack } = batchState
    return Atomics.compareExchange(this.#cells, stateCell, submitted, takenBack) === submitted
  }

  reopen(): void {
    this.#send('reopen')
  }

  moveTo(file: string): void {
    if (this.#settingsAt) this.#send({ sink: this.#settingsAt(file) })
  }

  rotate(): void {
    this.#send('rotate')
  }

  close(): void {
    this.#send('close')
  }

  #grow(minBytes: number): void {
    this.#bytes = new SharedArrayBuffer(Math.max(minBytes, 2 ** 17))
    this.#send({ bytes: this.#bytes })
  }

  #send(request: Request): void {
    this.#port.postMessage(request)
  }

  #receive({ taken, ms, fault }: Reply): Ack {
    this.isBusy = false
    return fault ? { taken, ms, error: Object.assign(new Error(fault.message), { code: fault.code }) } : { taken, ms }
  }
}
