import { type SpoolFile, SpoolFolder, SpoolQueue } from 'pino-rank-lines/spool'
import type { MetricRecord, MetricStats, NameWarnings, RunEnd, RunWriter } from 'pino-rank-metrics/sink'
import { type MlflowClient, MlflowError } from './mlflow-client.ts'
import { partsOf, type RunHead, type RunPart, spoolPrefix, valuesIn } from './mlflow-format.ts'
import type { MlflowSettings } from './rank.ts'
import { RunSender } from './run-sender.ts'
import { sendSpools } from './send-spools.ts'

/** Maximum pause between attempts while the server is unavailable, in ms. */
const maxPauseMs = 60_000

const statuses = { finished: 'FINISHED', failed: 'FAILED', killed: 'KILLED' } as const

/**
 * A run on an MLflow server. Records are appended to a spool on disk, so that they survive the process. One sender reads the spool
 * and sends its records, one request at a time. No log call waits for it. Records that it cannot send are sent by the next process
 * with the same spool folder, or by `resend`.
 */
export class MlflowRun implements RunWriter {
  readonly #client: MlflowClient
  readonly #settings: MlflowSettings
  readonly #warnings: NameWarnings
  readonly #folder: SpoolFolder
  readonly #spool: SpoolQueue
  #head: RunHead | undefined
  #sender: RunSender | undefined
  #sending: Promise<void> | undefined
  /** The attempt that follows `#sending`. It sends the records that were added since that one began. */
  #nextSending: Promise<void> | undefined
  /** Time of the next attempt, by the monotonic clock, which does not change with the system time. */
  #pauseUntil = 0
  #pauseMs = 1000
  #fault: Error | undefined
  /** The pending transfer of spools of processes that have ended. */
  #transfer: Promise<void> | undefined
  /** Start of that transfer, by the monotonic clock. */
  #transferStart = -Infinity
  /** The spool of another run that this process claimed last. */
  #claimedSpool: SpoolFile | undefined
  /** The status with which the run ended, once that is known. */
  #endStatus: RunEnd['status'] | undefined
  #isReleased = false
  readonly #stats = { records: 0, values: 0, drops: 0 }

  constructor(client: MlflowClient, settings: MlflowSettings, warnings: NameWarnings) {
    this.#client = client
    this.#settings = settings
    this.#warnings = warnings
    this.#folder = new SpoolFolder(settings.spool, {
      prefix: spoolPrefix,
      onSkip: (path, why, isHeld) => isHeld || this.#warnings.warn(path, 'a spool that is not sent', why),
    })
    this.#spool = new SpoolQueue(this.#folder, {
      id: settings.head.uuid,
      head: () => JSON.stringify(this.#head),
      maxPendingBytes: settings.queueBytes,
      onFault: ({ message }) =>
        this.#warnings.warn(settings.spool, `not usable as a spool: ${message}`, 'unsent values wait in memory'),
    })
  }

  write(record: MetricRecord): void {
    this.#stats.records++
    this.#head ??= { ...this.#settings.head, start: Math.round(record.time) }
    for (const part of partsOf(record, this.#warnings)) this.#add(part)
    const { scalars, texts, histograms, images } = record
    this.#stats.values += scalars.length + texts.length + histograms.length + images.length
  }

  /** Sends the records in the spool. While the server is unavailable, retries with backoff: a flush within a pause only throws. */
  async flush(): Promise<void> {
    if (this.#sending) {
      this.#nextSending ??= this.#sending
        .catch(() => {})
        .then(() => {
          this.#nextSending = undefined
          return this.flush()
        })
      return this.#nextSending
    }
    if (this.#fault && performance.now() < this.#pauseUntil) {
      this.#spool.write()
      throw this.#fault
    }
    this.#sending = this.#send().finally(() => {
      this.#sending = undefined
    })
    return this.#sending
  }

  async close(end: RunEnd | undefined): Promise<void> {
    this.#addEnd(end)
    this.#pauseUntil = 0
    const sent = this.flush()
    const late = new Promise<'late'>((resolve) => setTimeout(resolve, this.#settings.endMs, 'late').unref())
    const fault = await Promise.race([sent.catch((error: Error) => error), late])
    const isLate = fault === 'late' || (fault === undefined && (await Promise.race([this.#transfer, late])) === 'late')
    if (isLate) {
      // pending requests must end before another process may claim the spool
      this.#client.abort()
      await Promise.allSettled([sent, this.#transfer])
    }
    this.#release()
    if (fault !== undefined)
      throw fault === 'late'
        ? new MlflowError('MLflow did not respond within endMs at the end of the run', true)
        : fault
  }

  closeNow(end: RunEnd | undefined): void {
    this.#addEnd(end)
    this.#spool.write()
    const isUnsent = !this.#spool.isEmpty
    this.#release()
    if (isUnsent)
      throw new MlflowError('a stream cannot send when the process exits; call end() before, or use the target', true)
  }

  /** Says only what is true at the time of the fault: the disk may fail too, and at the end nothing waits in memory. */
  kept(): string {
    const inSpool = `unsent values wait in ${this.#settings.spool}`
    if (!this.#spool.isFailing)
      return `${inSpool}, and are sent when the server is back, by the next run, or by resend()`
    if (this.#isReleased) return 'unsent values that the spool did not take are lost'
    const where = this.#spool.isEmpty ? 'unsent values wait in memory' : `${inSpool} and in memory`
    return `${where}, because the spool cannot be written; they are sent when the server is back`
  }

  stats(): MetricStats {
    const { successes, errors } = this.#client
    const drops = this.#stats.drops + (this.#sender?.drops ?? 0)
    return { ...this.#stats, drops, flushes: successes, errors }
  }

  #add(part: RunPart): void {
    if (!this.#spool.push(JSON.stringify(part))) this.#stats.drops += valuesIn(part)
  }

  /** Adds the end of the run to the spool. Does nothing if the spool has it already, as at the exit after a `close` that failed. */
  #addEnd(end: RunEnd | undefined): void {
    if (!this.#head || !end || end.status === this.#endStatus) return
    this.#endStatus = end.status
    this.#add({ end: { status: statuses[end.status], time: Date.now() } })
  }

  async #send(): Promise<void> {
    if (!this.#head) return
    this.#sender ??= new RunSender(this.#client, this.#head, this.#reportRefused)
    try {
      this.#checkTurn(this.#sender)
      await this.#sender.send(this.#spool.unsent(), (last) => this.#spool.sentTo(last))
      this.#spool.trim()
      this.#pauseMs = 1000
      this.#fault = undefined
      this.#startTransfer()
    } catch (error) {
      this.#fault = error as Error
      this.#pauseUntil = performance.now() + this.#pauseMs
      this.#pauseMs = Math.min(2 * this.#pauseMs, maxPauseMs)
      this.#spool.write()
      throw error
    }
  }

  /**
   * Checks that no other process may be creating this run. One does if this process seemed dead, so that its spool was claimed.
   *
   * @throws {MlflowError} while another process may have that spool
   */
  #checkTurn(sender: RunSender): void {
    if (!this.#spool.wasTaken() || !sender.expectExistingRun()) return
    if (this.#spool.isSentElsewhere())
      throw new MlflowError('another process is sending the first records of this run', true)
  }

  /**
   * Starts to send the spools of processes that have ended: after the first success, and then once per lease, because further
   * processes may have ended.
   */
  #startTransfer(): void {
    if (performance.now() - this.#transferStart < this.#folder.leaseMs) return
    this.#transferStart = performance.now()
    this.#transfer = this.#sendOtherSpools(this.#transfer)
  }

  async #sendOtherSpools(previous: Promise<void> | undefined): Promise<void> {
    await previous
    try {
      await sendSpools(
        this.#folder,
        this.#client,
        (_, what) => this.#reportRefused(what),
        (file) => {
          this.#claimedSpool = file
        },
      )
    } catch (error) {
      // if the server is unavailable, or the folder cannot be read or written, a later process sends these spools
      if (error instanceof MlflowError && !error.isTransient) this.#reportRefused(error.message)
    }
  }

  /** Releases the spools. Values that are not on disk yet are dropped and counted. */
  #release(): void {
    this.#isReleased = true
    for (const text of this.#spool.release()) this.#stats.drops += valuesIn(JSON.parse(text))
    this.#claimedSpool?.release()
  }

  readonly #reportRefused = (what: string): void => this.#warnings.warn(what.slice(0, 200), 'rejected by MLflow')
}
