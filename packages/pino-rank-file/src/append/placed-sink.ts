import type { LineSink } from 'pino-rank-lines'
import type { AppendFile } from './append-file.ts'

/** An {@link AppendFile} whose place is settled by the first line, once: which run's directory, which file system. */
export class PlacedSink implements LineSink {
  readonly #locate: () => string
  readonly #open: (path: string) => AppendFile
  #path: string | undefined
  #file: AppendFile | undefined

  constructor(locate: () => string, open: (path: string) => AppendFile) {
    this.#locate = locate
    this.#open = open
  }

  /** Where the file lies; undefined before the first line. */
  get path(): string | undefined {
    return this.#path
  }

  write(lines: Buffer): number {
    this.#path ??= this.#locate()
    this.#file ??= this.#open(this.#path)
    return this.#file.write(lines)
  }

  sync(soon?: (error: Error | null) => void): void {
    this.#file?.sync(soon)
  }

  rotate(): void {
    this.#file?.rotate()
  }

  end(): void {
    this.#file?.end()
  }

  close(): void {
    this.#file?.close()
  }
}
