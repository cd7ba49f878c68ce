import { once } from 'node:events'
import { Readable } from 'node:stream'

/** The text that a process has written to a pipe so far. Empty if the stream is no pipe to this process. */
export class Output {
  text = ''
  readonly stream: Readable

  constructor(stream: Readable | null, encoding: BufferEncoding) {
    this.stream = stream ?? Readable.from([])
    this.stream.setEncoding(encoding).on('data', (chunk) => {
      this.text += chunk
    })
  }

  /** Resolves when the text matches. @throws {Error} if the stream ends first */
  async until(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.text)) {
      if (this.stream.closed) throw new Error(`${pattern} does not match what was written: ${this.text}`)
      const stop = new AbortController()
      const { signal } = stop
      await Promise.race(['data', 'close'].map((event) => once(this.stream, event, { signal }))).finally(() =>
        stop.abort(),
      )
    }
  }
}
