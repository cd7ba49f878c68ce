import { countLines, type LineEnd, systemClock, type WriterStats } from 'pino-rank-file/writer'
import { heartbeatMs, isPipe, startBytes } from '../collector/index.ts'
import { CollectorClient, type CollectorClientOptions } from './collector-client.ts'
import type { OwnCollector } from './own-collector.ts'
import { repeated } from './repeated.ts'
import type { StdoutEnd } from './stdout-end.ts'

/** How long a collector may take to start, and how often it is looked for then, in ms. */
const startMs = 3000
const lookMs = 20
/** What waits at most for the answer of one that is there, in bytes: who logs on and on without a pause would leave it no time. */
const mostUnanswered = 2 ** 16
/** How long an exit waits until its last lines are written, in ms. */
const lastMs = 250

/** The host's collector where there is one, else fd 1. What a collector may not have written is written again, marked. */
export class CollectedEnd implements LineEnd {
  /** Lines that may be there twice. */
  repeated = 0
  readonly #stdout: StdoutEnd
  readonly #client: CollectorClient
  readonly #own: OwnCollector | undefined
  /** Lines from before a collector was found, and until when they wait for one. */
  #early: Buffer = Buffer.alloc(0)
  #until: number
  #disarm: (() => void) | undefined
  /** What a collector had, on its way to fd 1. */
  #owed: Buffer = Buffer.alloc(0)

  constructor(
    stdout: StdoutEnd,
    options: Pick<CollectorClientOptions, 'hello' | 'path' | 'ranks'>,
    own?: OwnCollector,
  ) {
    const { rank } = options.hello
    const isCut = !isPipe(1) // into a pipe a collector writes pieces that are whole
    const lost = (lines: Buffer, isSure: boolean) => {
      const { count, bytes } = isSure ? { count: 0, bytes: lines } : repeated(lines, rank, isCut)
      this.repeated += count
      this.#owed = Buffer.concat([this.#owed, bytes])
      this.#paySoon()
    }
    this.#stdout = stdout
    this.#until = options.hello.merge === 'always' ? systemClock.now() + startMs : 0
    this.#own = own
    this.#client = new CollectorClient({ ...options, lost, eagerUntil: this.#until })
  }

  /** Lines that nobody has taken yet. */
  get waiting(): number {
    return countLines(this.#owed) + countLines(this.#early)
  }

  write(lines: Buffer): number {
    this.#pay()
    if (this.#holds(lines)) return lines.length
    this.#release()
    this.#pay()
    if (this.#client.send(lines)) return lines.length
    this.#pay()
    return this.#stdout.write(lines)
  }

  isOver(error: NodeJS.ErrnoException): boolean {
    return this.#stdout.isOver(error)
  }

  /**
   * A collector of this process writes what is under way, and what the others bring within its linger time. Another one may be leaving:
   * what it did not take is written here.
   */
  settle(_stats: WriterStats): void {
    this.#until = 0
    this.#client.meet(heartbeatMs)
    this.#release()
    if (this.#own) {
      this.#own.settle(this.#client)
      this.#client.close() // what it has not written yet is written by us
    } else this.#client.settle(lastMs)
  }

  close(): void {
    this.#own?.close()
  }

  /**
   * A collector that is there is given a moment to answer; and one to start by ranks whose lines are to go to it: their own stdouts
   * may be torn by who forwards them.
   */
  #holds(lines: Buffer): boolean {
    if (this.#client.look()) return false
    const most = this.#until > systemClock.now() ? startBytes : this.#client.greets ? mostUnanswered : 0
    if (this.#early.length + lines.length > most) return false
    this.#early = Buffer.concat([this.#early, lines])
    this.#disarm ??= systemClock.after(lookMs, () => {
      this.#disarm = undefined
      if (!this.#holds(Buffer.alloc(0))) this.#release()
    })
    return true
  }

  /** What was held goes to the collector, or else to fd 1. */
  #release(): void {
    this.#until = 0
    this.#disarm?.()
    const early = this.#early
    this.#early = Buffer.alloc(0)
    if (early.length === 0 || this.#client.send(early)) return
    this.#owed = Buffer.concat([this.#owed, early])
    this.#paySoon()
  }

  /** Outside of a write nobody waits for an error: what is left comes with the next lines. */
  #paySoon(): void {
    try {
      this.#pay()
    } catch {
      // with the next lines
    }
  }

  #pay(): void {
    while (this.#owed.length > 0) this.#owed = this.#owed.subarray(this.#stdout.write(this.#owed))
  }
}
