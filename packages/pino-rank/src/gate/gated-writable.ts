import { once } from 'node:events'
import { Writable } from 'node:stream'
import type { LineGate } from './line-gate.ts'

/** A stream that the module of another target has created. */
export interface TargetStream extends NodeJS.EventEmitter {
  write(text: string): boolean
  end(): unknown
  flush?(done?: (error?: Error | null) => void): unknown
  flushSync?(): void
  closed?: boolean
  destroyed?: boolean
}

/** Passes the lines that the gate lets through to another target. The target is built at `open()`, or at the first such line. */
export class GatedWritable extends Writable {
  readonly #lines: LineGate
  readonly #build: () => Promise<TargetStream>
  #inner: TargetStream | undefined

  constructor(lines: LineGate, build: () => Promise<TargetStream>) {
    super({ decodeStrings: false })
    this.#lines = lines
    this.#build = build
  }

  async open(): Promise<TargetStream> {
    this.#inner = await this.#build()
    this.#inner.on('error', (error) => this.destroy(error))
    this.#inner.on('close', () => this.destroy()) // a closed stream emits no 'drain'
    return this.#inner
  }

  override _write(chunk: string, _: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#pass(this.#lines.pass(String(chunk))).then(() => done(), done)
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#end().then(() => done(), done)
  }

  /** Flushes as pino expects it: calls `done` once all lines written so far have been passed on and flushed. */
  flush(done: (error?: Error | null) => void): void {
    this.write('', (error) => {
      const inner = this.#inner
      if (error || !inner) done(error)
      else if (inner.flush?.length) inner.flush(done)
      else Promise.resolve(inner.flush ? inner.flush() : inner.flushSync?.()).then(() => done(), done)
    })
  }

  async #pass(text: string): Promise<void> {
    if (text === '') return
    const inner = this.#inner ?? (await this.open())
    if (!inner.write(text) && !this.destroyed) await Promise.race([once(inner, 'drain'), once(inner, 'close')])
  }

  async #end(): Promise<void> {
    await this.#pass(this.#lines.end())
    const inner = this.#inner
    if (!inner || inner.closed || inner.destroyed) return
    inner.removeAllListeners('close')
    const closed = once(inner, 'close')
    inner.end()
    await closed
  }
}
