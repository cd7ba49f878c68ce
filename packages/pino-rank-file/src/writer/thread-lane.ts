import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'
import type { AppendEndSettings } from './append-end.ts'
import { systemClock } from './clock.ts'
import type { Answer, Lane } from './lane.ts'

/** What the thread is asked. */
export type Request = { lines: Uint8Array; sync: boolean } | 'reopen' | 'rotate' | 'close'

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
 * A {@link Lane} on a thread of its own: 40 ms and 10 MB when it starts, which is why only a disk that has proved slow
 * gets one. It keeps no process alive: what it still has at the exit is waited for by `wait`.
 */
export class ThreadLane implements Lane {
  answered: (answer: Answer) => void = () => {}
  busy = false
  readonly #port: MessagePort
  readonly #answers = new Int32Array(new SharedArrayBuffer(4))

  constructor(end: AppendEndSettings) {
    const { port1, port2 } = new MessageChannel()
    this.#port = port1
    const workerData: LaneData = { end, port: port2, answers: this.#answers }
    const worker = new Worker(new URL('./lane-thread.js', import.meta.url), { workerData, transferList: [port2] })
    worker.unref()
    port1.on('message', (reply: Reply) => this.answered(this.#take(reply)))
    port1.unref()
  }

  write(lines: Buffer, sync: boolean): void {
    this.busy = true
    this.#ask({ lines, sync })
  }

  wait(ms: number): Answer | undefined {
    if (!this.busy) return undefined
    const until = systemClock.now() + ms
    for (;;) {
      // Before the look: an answer that comes after it changes the count. The last one may change it late, too.
      const count = Atomics.load(this.#answers, 0)
      const received = receiveMessageOnPort(this.#port) as { message: Reply } | undefined
      if (received) return this.#take(received.message)
      const left = until - systemClock.now()
      if (left <= 0) return undefined
      Atomics.wait(this.#answers, 0, count, left)
    }
  }

  reopen(): void {
    this.#ask('reopen')
  }

  rotate(): void {
    this.#ask('rotate')
  }

  close(): void {
    this.#ask('close')
  }

  #ask(request: Request): void {
    this.#port.postMessage(request)
  }

  #take({ taken, fault }: Reply): Answer {
    this.busy = false
    return fault ? { taken, error: Object.assign(new Error(fault.message), { code: fault.code }) } : { taken }
  }
}
