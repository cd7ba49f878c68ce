import { setTimeout as pause } from 'node:timers/promises'
import { FollowedFile } from './followed-file.ts'

const pollMs = 100
const newline = 10

export interface FollowOptions {
  /** How many of the existing lines are read first. @default all */
  lines?: number
  /** Abort it to stop. */
  stopped: AbortSignal
  /**
   * Called when the file cannot be read. Reading is retried; the same error is reported again only after a successful read.
   */
  onError: (error: NodeJS.ErrnoException) => void
}

/**
 * Follows a growing file by its name: yields its last lines and everything that is appended. If the file is rotated, it reads
 * the old file to its end, then any files that had the name in between, then the new file. If the file is truncated, it reads
 * from its beginning. If a file ends within a line, it adds a newline. It never throws.
 */
export async function* followFile(path: string, options: FollowOptions): AsyncGenerator<Uint8Array> {
  const { lines = Infinity, stopped, onError } = options
  const wait = () => pause(pollMs, undefined, { signal: stopped }).catch(() => {})
  const files = new FollowedFiles(path, lines)
  let reported: string | undefined
  try {
    while (!stopped.aborted) {
      let bytes: Uint8Array | undefined
      try {
        bytes = files.read()
        if (bytes) reported = undefined
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException
        if (code !== reported) onError(error as NodeJS.ErrnoException)
        reported = code
      }
      if (bytes) yield bytes
      else await wait()
    }
  } finally {
    files.close()
  }
}

/** Reads the files that have had a name, one after the other. */
class FollowedFiles {
  readonly #path: string
  readonly #lines: number
  readonly #queue: FollowedFile[] = []
  #isFirst = true
  #last = newline

  constructor(path: string, lines: number) {
    this.#path = path
    this.#lines = lines
  }

  /** Returns the next bytes; undefined if there are none yet. @throws the system's error */
  read(): Uint8Array | undefined {
    for (;;) {
      const [file, next] = this.#queue
      if (!file) {
        if (!this.#open()) return undefined
        continue
      }
      const bytes = file.read()
      if (bytes.length > 0) {
        this.#last = bytes.at(-1) as number
        return bytes
      }
      const wasTruncated = file.restart()
      if (!wasTruncated && !next) {
        const opened = FollowedFile.openAll(this.#path, file)
        if (opened.length === 0) return undefined
        this.#queue.push(...opened) // files that had the name before are read first
        continue
      }
      if (!wasTruncated) this.#queue.shift()?.close()
      if (this.#last === newline) continue
      this.#last = newline
      return Buffer.of(newline)
    }
  }

  close(): void {
    for (const file of this.#queue) file.close()
  }

  #open(): boolean {
    const opened = this.#isFirst
      ? FollowedFile.open(this.#path, this.#lines)
      : FollowedFile.openAll(this.#path, undefined)
    this.#isFirst = false
    if (opened === undefined) return false
    this.#queue.push(...[opened].flat())
    return this.#queue.length > 0
  }
}
