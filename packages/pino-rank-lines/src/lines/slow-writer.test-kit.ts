import { ManualClock } from '../system/manual-clock.test-kit.ts'
import type { Ack } from './batch-writer.ts'
import type { LineSink } from './line-sink.ts'
import { SinkWriter } from './sink-writer.ts'
import type { WriterThread } from './writer-thread.ts'

/** A sink whose writes take time, fail, or report that it is full. */
export class TimedSink implements LineSink {
  ms = 0
  error: NodeJS.ErrnoException | undefined
  text = ''
  closes = 0
  movedTo: string | undefined
  readonly #clock: ManualClock

  constructor(clock: ManualClock) {
    this.#clock = clock
  }

  write(lines: Buffer): number {
    if (this.error) throw this.error
    this.#clock.pause(this.ms)
    this.text += lines
    return lines.length
  }

  isFull({ code }: NodeJS.ErrnoException): boolean {
    return code === 'EAGAIN'
  }

  moveTo(file: string): void {
    this.movedTo = file
  }

  close(): void {
    this.closes++
  }
}

/** A thread that acknowledges when the test calls `ack`. */
export class ScriptedThread implements WriterThread {
  isBusy = false
  isClosed = false
  movedTo: string | undefined
  onAck: (ack: Ack) => void = () => {}
  onError: (error: Error) => void = () => {}
  lines = ''

  write(lines: Buffer): void {
    this.isBusy = true
    this.lines = String(lines)
  }

  ack(ms: number): void {
    this.isBusy = false
    this.onAck({ taken: this.lines.length, ms })
  }

  wait(): undefined {}
  takeBack: () => boolean = () => true
  reopen(): void {}
  moveTo(file: string): void {
    this.movedTo = file
  }
  rotate(): void {}
  close(): void {
    this.isClosed = true
  }
}

/** Starts no thread. */
export function forbidden(): never {
  throw new Error('no threads here')
}

export interface SlowWriter {
  writer: SinkWriter
  sink: TimedSink
  /** The threads that were started. */
  threads: ScriptedThread[]
  /** The reports that no thread could be started. */
  errors: string[]
  /** The acks that came later. */
  acks: Ack[]
  submit(line: string): Ack | undefined
  clock: ManualClock
}

/** Returns a writer to a sink that may be slow, with a manual clock. */
export function slowWriter(startThread?: () => WriterThread | undefined): SlowWriter {
  const clock = new ManualClock()
  const sink = new TimedSink(clock)
  const threads: ScriptedThread[] = []
  const errors: string[] = []
  const writer = new SinkWriter(sink, {
    clock,
    startThread:
      startThread ??
      (() => {
        threads.push(new ScriptedThread())
        return threads.at(-1) as WriterThread
      }),
    onNoThread: ({ message }) => errors.push(message),
  })
  const acks: Ack[] = []
  writer.onAck = (ack) => acks.push(ack)
  const submit = (line: string) => writer.submit(Buffer.from(`${line}\n`), false)
  return { writer, sink, threads, errors, acks, submit, clock }
}

/**
 * Acknowledges a write of the thread every 100 ms, until the writer writes on the calling thread again. Returns the time that
 * this took, in ms.
 */
export function ackUntilBack({ writer, threads, submit, clock }: SlowWriter): number {
  const startedAt = clock.now()
  while (!writer.isSync) {
    submit('x')
    clock.pass(100)
    threads.at(-1)?.ack(1)
  }
  return clock.now() - startedAt
}
