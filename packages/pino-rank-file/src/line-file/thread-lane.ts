import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'
import { reportLine } from 'pino-rank/sink'
import type { Answer, Lane, LineEnd } from '../lines/index.ts'
import { type AppendEndSettings, appendEnd } from './append-end.ts'
import { writeBatch } from './lane-batch.ts'

/** What the thread is asked. */
export type Request = { length: number; sync: boolean } | { bytes: SharedArrayBuffer } | 'reopen' | 'rotate' | 'close'

/** What it answers: an error's code does not survive as part of an Error. */
export interface Reply {
  taken: number
  fault?: { message: string; code: string | undefined }
}

/** What the thread is told at its start. */
export interface LaneData {
  end: AppendEndSettings
  port: MessagePort
  /** Counts answers; notified at each. */
  answers: Int32Array
}

/**
 * A {@link Lane} on a thread of its own. The thread takes 40 ms and 10 MB to start, so only a disk that has proved slow gets
 * one. It does not keep the process alive: at exit, `wait` waits for what it still has to write.
 *
 * If the thread cannot be started, because no descriptor is left or its module is gone, batches are written on this thread.
 */
export class ThreadLane implements Lane {
  answered: (answer: Answer) => void = () => {}
  busy = false
  readonly #port: MessagePort
  readonly #answers = new Int32Array(new SharedArrayBuffer(4))
  /** Where the thread reads the batch: nothing is allocated for each. */
  #bytes = new SharedArrayBuffer(0)
  readonly #settings: AppendEndSettings
  /** The batch that the thread is writing. */
  #sent: { length: number; sync: boolean } | undefined
  /** The sink that this thread writes to if there is no writer thread. */
  #own: LineEnd | undefined
  #ownAnswer: Answer | undefined

  constructor(end: AppendEndSettings) {
    const { port1, port2 } = new MessageChannel()
    this.#port = port1
    this.#settings = end
    const workerData: LaneData = { end, port: port2, answers: this.#answers }
    const worker = new Worker(new URL('./lane-thread.js', import.meta.url), {
      workerData,
      transferList: [port2],
      resourceLimits: { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 64 }, // the batches are not in its heap
    })
    worker.unref()
    worker.on('error', (error) => this.#writeHere(error))
    port1.on('message', (reply: Reply) => this.answered(this.#take(reply)))
    port1.unref()
  }

  write(lines: Buffer, sync: boolean): void {
    this.busy = true
    if (lines.length > this.#bytes.byteLength) this.#grow(lines.length)
    lines.copy(new Uint8Array(this.#bytes))
    this.#sent = { length: lines.length, sync }
    if (this.#own) this.#writeSent(this.#own)
    else this.#ask(this.#sent)
  }

  wait(ms: number): Answer | undefined {
    if (this.#ownAnswer) return this.#takeOwn()
    const until = performance.now() + ms
    for (let left = ms; this.busy; left = until - performance.now()) {
      const answers = Atomics.load(this.#answers, 0)
      const received = receiveMessageOnPort(this.#port) as { message: Reply } | undefined
      if (received) return this.#take(received.message)
      if (left <= 0) break
      Atomics.wait(this.#answers, 0, answers, left)
    }
    return undefined
  }

  reopen(): void {
    this.#own?.close()
    this.#ask('reopen')
  }

  rotate(): void {
    this.#own?.rotate?.()
    this.#ask('rotate')
  }

  close(): void {
    this.#own?.close()
    this.#ask('close')
  }

  /**
   * Called when the thread has failed. An unacknowledged batch is written again, because a duplicate line is better than a lost
   * one.
   */
  #writeHere(error: Error): void {
    reportLine(`${this.#settings.name}: no thread for a slow disk: ${error.message}; calls wait for the disk`)
    this.#own = appendEnd(this.#settings)
    if (this.busy) this.#writeSent(this.#own)
  }

  #writeSent(end: LineEnd): void {
    const { length, sync } = this.#sent as { length: number; sync: boolean }
    this.#ownAnswer = writeBatch(end, Buffer.from(this.#bytes, 0, length), sync)
    setImmediate(() => {
      if (this.#ownAnswer) this.answered(this.#takeOwn())
    }).unref()
  }

  #takeOwn(): Answer {
    const answer = this.#ownAnswer as Answer
    this.#ownAnswer = undefined
    this.busy = false
    return answer
  }

  #grow(least: number): void {
    this.#bytes = new SharedArrayBuffer(Math.max(least, 2 ** 17))
    this.#ask({ bytes: this.#bytes })
  }

  #ask(request: Request): void {
    this.#port.postMessage(request)
  }

  #take({ taken, fault }: Reply): Answer {
    this.busy = false
    return fault ? { taken, error: Object.assign(new Error(fault.message), { code: fault.code }) } : { taken }
  }
}
