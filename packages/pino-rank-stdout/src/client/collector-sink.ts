import { setTimeout as pause } from 'node:timers/promises'
import { countLines, type LineSink, type WriterStats } from 'pino-rank-lines'
import { systemClock } from 'pino-rank-lines/system'
import { heartbeatMs, isPipe, startWindowBytes } from '../collector/index.ts'
import { CollectorClient, type CollectorClientOptions } from './collector-client.ts'
import { markRepeated } from './mark-repeated.ts'
import type { OwnCollector } from './own-collector.ts'
import type { StdoutSink } from './stdout-sink.ts'

/** How long a collector may take to start, and how often the sink looks for it in that time, in ms. */
const maxStartMs = 3000
const pollMs = 20
/**
 * Maximum size of the lines that wait for the handshake, in bytes. If a program logs without a pause, the collector may
 * not get the CPU time to answer.
 */
const maxHandshakeBytes = 2 ** 16
/** Maximum time that the exit waits for the last acknowledgement, in ms. */
const maxFlushMs = 250

export interface CollectorSinkOptions extends Pick<CollectorClientOptions, 'hello' | 'path' | 'ranks'> {
  /** The collector of this process, if it has one. */
  own?: OwnCollector | undefined
  /** True if a rank of this host starts a collector. @default false */
  startsCollector?: boolean
}

/**
 * Sends lines to the host's collector, or writes them to fd 1 if there is none. Lines that the collector did not
 * acknowledge are written to fd 1, and are marked if they may be there twice.
 */
export class CollectorSink implements LineSink {
  /** Number of lines that may have been written twice. */
  repeated = 0
  readonly #stdout: StdoutSink
  readonly #client: CollectorClient
  readonly #own: OwnCollector | undefined
  readonly #startsCollector: boolean
  /** Lines that wait for a collector until `#holdUntil`. */
  #heldLines: Buffer = Buffer.alloc(0)
  #holdUntil: number
  #cancelPoll: (() => void) | undefined
  /** Lines that a collector did not acknowledge. They are written to fd 1. */
  #returnedLines: Buffer = Buffer.alloc(0)
  #cancelRetry: (() => void) | undefined

  constructor(stdout: StdoutSink, { own, startsCollector = false, ...options }: CollectorSinkOptions) {
    const { rank } = options.hello
    const mayBeTorn = !isPipe(1) // a pipe gets whole pieces, so the output ends with a whole line
    const onUnacked = (lines: Buffer, isUnwritten: boolean) => {
      const { count, bytes } = isUnwritten ? { count: 0, bytes: lines } : markRepeated(lines, rank, mayBeTorn)
      this.repeated += count
      this.#returnedLines = Buffer.concat([this.#returnedLines, bytes])
      this.#tryWriteReturned()
    }
    this.#stdout = stdout
    this.#holdUntil = options.hello.merge === 'always' ? systemClock.now() + maxStartMs : 0
    this.#own = own
    this.#startsCollector = startsCollector
    this.#client = new CollectorClient({ ...options, onUnacked, eagerUntil: this.#holdUntil })
  }

  /** Number of lines that are neither sent nor written yet. */
  get pendingLines(): number {
    return countLines(this.#returnedLines) + countLines(this.#heldLines)
  }

  write(lines: Buffer): number {
    this.#writeReturned()
    if (this.#tryHold(lines)) return lines.length
    this.#flushHeld()
    this.#writeReturned()
    if (this.#client.send(lines)) return lines.length
    this.#writeReturned()
    return this.#stdout.write(lines)
  }

  isFull(error: NodeJS.ErrnoException): boolean {
    return this.#stdout.isFull(error)
  }

  isPermanent(error: NodeJS.ErrnoException): boolean {
    return this.#stdout.isPermanent(error)
  }

  beforeEnd(): void {
    this.#stdout.beforeEnd()
    this.#client.beforeEnd()
  }

  /**
   * Resolves when all lines are written, or are in the collector's socket. If the collector runs in this process,
   * resolves only when it has acknowledged all lines, because they would be lost with the process.
   */
  async drain(): Promise<void> {
    while (this.#heldLines.length > 0 || this.#client.isSending(this.#own !== undefined)) await pause(pollMs)
  }

  /**
   * Waits for a collector that is starting, and for the last acknowledgements. A collector of this process also writes
   * the lines that other ranks send within its linger time. Unacknowledged lines are then written to fd 1.
   */
  end(_stats: WriterStats): void {
    const startMs = this.#startsCollector && this.#heldLines.length > 0 ? this.#holdUntil - systemClock.now() : 0
    this.#client.awaitHandshake(Math.max(startMs, heartbeatMs), () => startMs > 0 && this.#own?.mayBeRunning !== false)
    this.#holdUntil = 0
    this.#flushHeld()
    if (this.#own) {
      this.#own.end(this.#client)
      this.#client.close() // returns the lines that it has not acknowledged
    } else this.#client.flush(maxFlushMs)
    this.#stdout.end()
  }

  close(): void {
    this.#cancelRetry?.()
    this.#own?.close()
    this.#stdout.close()
  }

  /**
   * Holds lines back for a moment during the handshake with a collector. With `merge: 'always'` it holds them until a
   * collector starts, because a launcher that forwards the ranks' own stdouts may tear lines. Returns false if lines
   * are not held.
   */
  #tryHold(lines: Buffer): boolean {
    if (this.#client.tryConnect() || this.#client.state === 'refused') return false
    const isConnecting = this.#client.state === 'connecting'
    const maxBytes = this.#holdUntil > systemClock.now() ? startWindowBytes : isConnecting ? maxHandshakeBytes : 0
    if (this.#heldLines.length + lines.length > maxBytes) return false
    this.#heldLines = Buffer.concat([this.#heldLines, lines])
    this.#cancelPoll ??= systemClock.after(pollMs, () => {
      this.#cancelPoll = undefined
      if (!this.#tryHold(Buffer.alloc(0))) this.#flushHeld()
    })
    return true
  }

  /** Sends the lines that were held to the collector, or else to fd 1. */
  #flushHeld(): void {
    this.#holdUntil = 0
    this.#cancelPoll?.()
    this.#cancelPoll = undefined
    const lines = this.#heldLines
    this.#heldLines = Buffer.alloc(0)
    if (lines.length === 0 || this.#client.send(lines)) return
    this.#returnedLines = Buffer.concat([this.#returnedLines, lines])
    this.#tryWriteReturned()
  }

  /** Writes returned lines outside of a log call. A full pipe is tried again on a timer. */
  #tryWriteReturned(): void {
    try {
      this.#writeReturned()
    } catch (error) {
      if (!this.isFull(error as Error)) return // the next write throws it
      this.#cancelRetry ??= systemClock.after(pollMs, () => {
        this.#cancelRetry = undefined
        this.#tryWriteReturned()
      })
    }
  }

  #writeReturned(): void {
    while (this.#returnedLines.length > 0)
      this.#returnedLines = this.#returnedLines.subarray(this.#stdout.write(this.#returnedLines))
  }
}
