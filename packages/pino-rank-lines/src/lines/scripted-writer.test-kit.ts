import { ManualClock } from '../system/manual-clock.test-kit.ts'
import type { Ack, BatchWriter } from './batch-writer.ts'
import { Outbox, type OutboxOptions } from './outbox.ts'
import { Reports } from './reports.ts'

/** A writer whose acks come when the test sends them, for as many lines as the test names. */
export class ScriptedWriter implements BatchWriter {
  isSync = false
  onAck: (ack: Ack) => void = () => {}
  readonly submitted: string[] = []
  written = ''
  /** The result of `takeBack`. */
  canTakeBack = false
  #batch: Buffer | undefined

  submit(lines: Buffer, sync: boolean): Ack | undefined {
    this.submitted.push(`${lines}${sync ? 'sync' : ''}`)
    this.#batch = lines
    return this.isSync ? this.#take(lines.length) : undefined
  }

  /** Acknowledges the batch, or only its first lines. */
  ack(lines: number = Infinity): void {
    const batch = this.#batch
    if (batch) this.onAck(this.#take(lengthOf(batch, lines)))
  }

  fail(message: string): void {
    if (!this.#batch) return
    this.#batch = undefined
    this.onAck({ taken: 0, error: new Error(message) })
  }

  writeLine(line: string, bytes: number): number {
    if (this.isSync) this.written += line
    return this.isSync ? bytes : 0
  }

  wait(_ms: number): Ack | undefined {
    return undefined
  }

  /** Acknowledges all of the batch. */
  take(): Ack | undefined {
    return this.#batch && this.#take(this.#batch.length)
  }

  takeBack(): boolean {
    this.isSync = this.canTakeBack
    return this.canTakeBack
  }

  isPermanent: () => boolean = () => false
  onWrite(): void {}
  reopen(): void {}
  rotate(): void {}
  close(): void {}

  #take(taken: number): Ack {
    this.written += this.#batch?.subarray(0, taken)
    this.#batch = undefined
    return { taken }
  }
}

function lengthOf(batch: Buffer, lines: number): number {
  let at = 0
  for (let i = 0; i < lines && at < batch.length; i++) at = batch.indexOf('\n', at) + 1
  return at
}

export interface TestOutbox {
  outbox: Outbox
  put(line: string): void
  sync(): void
  clock: ManualClock
  reports: string[]
}

/** Returns an outbox with a manual clock. Its limit is 1000 bytes unless the test sets another. */
export function outboxTo(
  writer: BatchWriter,
  options: Partial<Pick<OutboxOptions, 'limit' | 'overflow'>> = {},
): TestOutbox {
  const clock = new ManualClock()
  const reports: string[] = []
  const outbox = new Outbox(writer, {
    limit: 1000,
    backoffMs: 100,
    clock,
    ...options,
    reports: new Reports({ name: 'test', kept: 'lines wait', report: (line) => reports.push(line) }),
  })
  const put = (line: string) => {
    outbox.put(Buffer.from(`${line}\n`))
    outbox.commit()
  }
  const sync = () => outbox.commit(false, true)
  return { outbox, put, sync, clock, reports }
}
