import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'
import { reportLine } from 'pino-rank/sink'
import type { Ack, LineSink, WriterThread } from 'pino-rank-lines'
import { type AppendSinkSettings, appendSink } from './append-sink.ts'
import { writeBatch } from './write-batch.ts'

/** A request to the thread. */
export type Request = { length: number; sync: boolean } | { bytes: SharedArrayBuffer } | 'reopen' | 'rotate' | 'close'

/** Its ack of a batch, as a message: an error's code does not survive as part of an Error. */
export interface Reply {
  taken: number
  fault?: { message: string; code: string | undefined }
}

/** The data that the thread starts with. */
export interface WorkerData {
  sink: AppendSinkSettings
  port: MessagePort
  /** Counts acks; notified at each. */
  acks: Int32Array
}

/**
 * The {@link WriterThread} of a file. It takes 40 ms and 10 MB to start, so only a disk that has proved slow gets one. It does
 * not keep the process alive: at exit, `wait` waits for what it still has to write.
 *
 * If the thread cannot be started, because no descriptor is left or its module is gone, batches are written on this thread.
 */
export class FileWriterThread implements WriterThread {
  onAck: (ack: Ack) => void = () => {}
  isBusy = false
  readonly #port: MessagePort
  readonly #acks = new Int32Array(new SharedArrayBuffer(4))
  /** Where the thread reads the batch: nothing is allocated for each. */
  #bytes = new SharedArrayBuffer(0)
  readonly #settings: AppendSinkSettings
  /** The batch that the thread is writing. */
  #sent: { length: number; sync: boolean } | undefined
  /** The sink that this thread writes to if there is no writer thread. */
  #own: LineSink | undefined
  #ownAck: Ack | undefined

  constructor(sink: AppendSinkSettings) {
    const { port1, port2 } = new MessageChannel()
    this.#port = port1
    this.#settings = sink
    const workerData: WorkerData = { sink, port: port2, acks: this.#acks }
    const worker = new Worker(new URL('./writer-worker.js', import.meta.url), {
      workerData,
      transferList: [port2],
      resourceLimits: { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 64 }, // the batches are not in its heap
    })
    worker.unref()
    worker.on('error', (error) => this.#writeHere(error))
    port1.on('message', (reply: Reply) => this.onAck(this.#receive(reply)))
    port1.unref()
  }

  write(lines: Buffer, sync: boolean): void {
    this.isBusy = true
    if (lines.length > this.#bytes.byteLength) this.#grow(lines.length)
    lines.copy(new Uint8Array(this.#bytes))
    this.#sent = { length: lines.length, sync }
    if (this.#own) this.#writeSent(this.#own)
    else this.#send(this.#sent)
  }

  wait(ms: number): Ack | undefined {
    if (this.#ownAck) return this.#takeOwnAck()
    const until = performance.now() + ms
    for (let left = ms; this.isBusy; left = until - performance.now()) {
      const acks = Atomics.load(this.#acks, 0)
      const received = receiveMessageOnPort(this.#port) as { message: Reply } | undefined
      if (received) return this.#receive(received.message)
      if (left <= 0) break
      Atomics.wait(this.#acks, 0, acks, left)
    }
    return undefined
  }

  reopen(): void {
    this.#own?.close()
    this.#send('reopen')
  }

  rotate(): void {
    this.#own?.rotate?.()
    this.#send('rotate')
  }

  close(): void {
    this.#own?.close()
    this.#send('close')
  }

  /**
   * Called when the thread has failed. An unacknowledged batch is written again, because a duplicate line is better than a lost
   * one.
   */
  #writeHere(error: Error): void {
    reportLine(`${this.#settings.name}: no thread for a slow disk: ${error.message}; calls wait for the disk`)
    this.#own = appendSink(this.#settings)
    if (this.isBusy) this.#writeSent(this.#own)
  }

  #writeSent(sink: LineSink): void {
    const { length, sync } = this.#sent as { length: number; sync: boolean }
    this.#ownAck = writeBatch(sink, Buffer.from(this.#bytes, 0, length), sync)
    setImmediate(() => {
      if (this.#ownAck) this.onAck(this.#takeOwnAck())
    }).unref()
  }

  #takeOwnAck(): Ack {
    const ack = this.#ownAck as Ack
    this.#ownAck = undefined
    this.isBusy = false
    return ack
  }

  #grow(minBytes: number): void {
    this.#bytes = new SharedArrayBuffer(Math.max(minBytes, 2 ** 17))
    this.#send({ bytes: this.#bytes })
  }

  #send(request: Request): void {
    this.#port.postMessage(request)
  }

  #receive({ taken, fault }: Reply): Ack {
    this.isBusy = false
    return fault ? { taken, error: Object.assign(new Error(fault.message), { code: fault.code }) } : { taken }
  }
}
