import { fstatSync } from 'node:fs'
import type { LineEnd, WriterStats } from 'pino-rank-file/writer'
import { CollectorClient, type CollectorClientOptions } from './collector-client.ts'
import type { OwnCollector } from './own-collector.ts'
import { repeated } from './repeated.ts'
import type { StdoutEnd } from './stdout-end.ts'

/** The host's collector where there is one, else fd 1. What a collector may not have written is written again, marked. */
export class CollectedEnd implements LineEnd {
  /** Lines that may be there twice. */
  repeated = 0
  readonly #stdout: StdoutEnd
  readonly #client: CollectorClient
  readonly #own: OwnCollector | undefined
  /** What a collector had, on its way to fd 1. */
  #owed: Buffer = Buffer.alloc(0)

  constructor(stdout: StdoutEnd, options: Pick<CollectorClientOptions, 'hello' | 'path'>, own?: OwnCollector) {
    const { rank } = options.hello
    const isPipe = fstatSync(1).isFIFO() // into which a collector writes pieces that are not cut
    const lost = (lines: Buffer) => {
      const { count, bytes } = repeated(lines, rank, !isPipe)
      this.repeated += count
      this.#owed = Buffer.concat([this.#owed, bytes])
    }
    const soon = (lines: Buffer) => {
      lost(lines)
      try {
        this.#pay()
      } catch {
        // with the next lines
      }
    }
    this.#stdout = stdout
    this.#own = own
    this.#client = new CollectorClient({ ...options, lost: soon })
  }

  write(lines: Buffer): number {
    this.#pay()
    if (this.#client.send(lines)) return lines.length
    this.#pay()
    return this.#stdout.write(lines)
  }

  isOver(error: NodeJS.ErrnoException): boolean {
    return this.#stdout.isOver(error)
  }

  /** A collector of this process writes what is under way, and what the others bring within its linger time. */
  settle(_stats: WriterStats): void {
    if (!this.#own) return
    this.#own.settle((ms) => this.#client.settle(ms))
    this.#client.close() // what it has not written yet is written by us
  }

  close(): void {
    this.#own?.close()
  }

  #pay(): void {
    while (this.#owed.length > 0) this.#owed = this.#owed.subarray(this.#stdout.write(this.#owed))
  }
}
