/** A source to which a test writes lines. */
export class TestSource implements AsyncIterable<Uint8Array> {
  readonly #chunks: Uint8Array[] = []
  #hasEnded = false
  #wake = () => {}

  write(...times: number[]): void {
    this.writeText(times.map((time) => `{"level":30,"time":${1_700_000_000_000 + time}}\n`).join(''))
  }

  writeText(text: string): void {
    this.#chunks.push(Buffer.from(text))
    this.#wake()
  }

  end(): void {
    this.#hasEnded = true
    this.#wake()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      const next = this.#chunks.shift()
      if (next) yield next
      else if (this.#hasEnded) return
      else
        await new Promise<void>((wake) => {
          this.#wake = wake
        })
    }
  }
}

/** Returns the times of the lines in a chunk, as {@link TestSource.write} takes them. */
export const timesIn = (chunk: Buffer): number[] =>
  String(chunk)
    .match(/1[67]\d{11}/g)
    ?.map((time) => Number(time) - 1_700_000_000_000) ?? []
