import { type MlflowClient, MlflowError, parseObject } from './mlflow-client.ts'
import { RemoteRun } from './remote-run.ts'
import type { RunHead, RunPart } from './run-part.ts'
import type { SpoolFile, SpoolFolder } from './spool/index.ts'

/** The parts of one run that are stored on disk: the run's head first, then its parts, one line each, in the order of the log. */
export class RunSpool {
  readonly #folder: SpoolFolder
  #file: SpoolFile | undefined
  /** Everything before this offset of the file was sent. */
  #sent = 0
  /** True if another process has taken a file of this run. It may be sending it. */
  #wasTaken = false

  constructor(folder: SpoolFolder) {
    this.#folder = folder
  }

  get isEmpty(): boolean {
    return this.#file === undefined
  }

  /** Appends parts, all of them or none. @throws the system's error */
  append(head: RunHead, parts: readonly RunPart[]): void {
    const text = linesOf(parts)
    if (this.#file?.append(text)) return
    this.#forget()
    this.#file = this.#folder.create(head.uuid, linesOf([head]) + text)
  }

  /**
   * Sends all parts, also those that are added meanwhile, and removes the file.
   * @throws {MlflowError} if a part cannot be sent now
   */
  async sendTo(remote: RemoteRun): Promise<void> {
    const file = this.#file
    if (!file) return
    for (const { text, end } of this.#linesOf(file)) {
      if (this.#sent > 0) await remote.send(JSON.parse(text) as RunPart) // the first line is the head
      this.#sent = end
    }
    if (this.#file !== file) return
    file.remove()
    this.#file = undefined
    this.#sent = 0
  }

  /** Reports whether another process has taken a file of this run, because this process seemed dead. */
  wasTaken(): boolean {
    if (this.#file?.isTaken()) this.#forget()
    return this.#wasTaken
  }

  /** Reports whether another process may be sending an earlier part of this run. That process may create the run. */
  isSentElsewhere(id: string): boolean {
    return this.#folder.isHeldElsewhere({ id, path: this.#file?.path ?? '' })
  }

  /** Releases the unsent parts to any process that finds them. */
  release(): void {
    this.#file?.release()
    this.#file = undefined
    this.#sent = 0
  }

  *#linesOf(file: SpoolFile): Generator<{ text: string; end: number }> {
    try {
      yield* file.lines(this.#sent)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
      this.#forget()
    }
  }

  #forget(): void {
    if (!this.#file) return
    this.#wasTaken = true
    this.release()
  }
}

/**
 * Sends what a spool holds, and removes it.
 *
 * @throws {MlflowError} if the server refuses it; the spool is then free for the next attempt
 */
export async function resendSpool(
  file: SpoolFile,
  client: MlflowClient,
  refused: (what: string) => void,
): Promise<void> {
  try {
    let remote: RemoteRun | undefined
    for (const { text } of file.lines()) {
      const line = parseObject(text) // undefined: a partial line, because the disk failed or the machine lost power
      if (!remote) {
        if (!line || !('uuid' in line))
          throw new MlflowError(`the first line of ${file.path} does not name a run`, false)
        // the run may be on the server already, because the process that created this spool may have asked for it
        remote = new RemoteRun(client, line as object as RunHead, refused, true)
      } else if (line) await remote.send(line as RunPart)
      else refused('a damaged line of the spool')
    }
    await remote?.removeTwins()
    file.remove()
  } catch (error) {
    file.release()
    throw error
  }
}

function linesOf(values: readonly object[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join('')
}
