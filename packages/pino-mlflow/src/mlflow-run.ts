import type { MetricRecord, MetricStats, NameWarnings, RunEnd, RunWriter } from 'pino-rank-metrics/sink'
import { type MlflowClient, MlflowError } from './mlflow-client.ts'
import { RemoteRun } from './remote-run.ts'
import { maxPerRequest, partsOf, type RunHead, type RunPart, sizeOf, valuesIn } from './run-part.ts'
import { RunSpool, resendSpool } from './run-spool.ts'
import { type SpoolFile, SpoolFolder } from './spool/index.ts'

export interface MlflowRunOptions {
  head: Omit<RunHead, 'start'>
  /** The folder for values that could not be sent. */
  spool: string
  /** What may wait in memory, where neither the server nor the disk takes it, in bytes. */
  queueBytes: number
  /** Longest time that the end of a run waits for the server, in ms. */
  endMs: number
}

/** Longest pause between attempts while the server is away, in ms. */
const maxBackOff = 60_000

const statuses = { finished: 'FINISHED', failed: 'FAILED', killed: 'KILLED' } as const

/**
 * A run on an MLflow server. Records become parts, which wait in memory and are sent one request at a time; nothing that
 * logs waits for one. While the server is away parts go to a spool on the disk, and are sent from there, in order, when it
 * is back; what is left of it is sent by the next process with the same spool, or by `resend`.
 */
export class MlflowRun implements RunWriter {
  readonly #client: MlflowClient
  readonly #options: MlflowRunOptions
  readonly #warnings: NameWarnings
  readonly #folder: SpoolFolder
  readonly #spool: RunSpool
  #head: RunHead | undefined
  #remote: RemoteRun | undefined
  #parts: RunPart[] = []
  /** Under way, and in no list. */
  #flying: RunPart | undefined
  #waiting = 0
  #sending: Promise<void> | undefined
  /** Time of the monotonic clock, which corrections of the system time do not change. */
  #pauseUntil = 0
  #fault: Error | undefined
  #backOff = 1000
  /** Pending transfer of spools that earlier processes left. */
  #transfer: Promise<void> | undefined
  /** Start of that transfer, by the monotonic clock. */
  #transferStart = -Infinity
  /** The spool of another run that is being sent. */
  #claimed: SpoolFile | undefined
  /** How the run has ended, once that is known. */
  #ended: RunEnd['status'] | undefined
  readonly #stats = { records: 0, values: 0, drops: 0 }

  constructor(client: MlflowClient, options: MlflowRunOptions, warnings: NameWarnings) {
    this.#client = client
    this.#options = options
    this.#warnings = warnings
    this.#folder = new SpoolFolder(options.spool, {
      onSkip: (path, why, isHeld) => isHeld || this.#warnings.warn(path, 'a spool that is left where it is', why),
    })
    this.#spool = new RunSpool(this.#folder)
  }

  write(record: MetricRecord): void {
    this.#stats.records++
    this.#head ??= { ...this.#options.head, start: record.time }
    for (const part of partsOf(record, this.#warnings)) this.#add(part)
    const { scalars, texts, histograms, images } = record
    this.#stats.values += scalars.length + texts.length + histograms.length + images.length
  }

  /** Sends what waits. While the server is away: puts it into the spool, and asks again after a pause that grows. */
  async flush(): Promise<void> {
    if (this.#sending) return this.#sending
    if (this.#fault && performance.now() < this.#pauseUntil) {
      this.#spill()
      throw this.#fault
    }
    this.#sending = this.#sendAll().finally(() => {
      this.#sending = undefined
    })
    return this.#sending
  }

  async close(end: RunEnd | undefined): Promise<void> {
    this.#addEnd(end)
    this.#pauseUntil = 0
    const sent = (async () => {
      await this.#sending?.catch(() => {})
      await this.flush()
    })()
    const late = new Promise<'late'>((resolve) => setTimeout(resolve, this.#options.endMs, 'late').unref())
    const fault = await Promise.race([sent.catch((error: Error) => error), late])
    const isLate = fault === 'late' || (fault === undefined && (await Promise.race([this.#transfer, late])) === 'late')
    if (isLate) {
      // pending requests must end before another process may take the spool
      this.#client.abort()
      await Promise.allSettled([sent, this.#transfer])
    }
    this.#giveUp()
    if (fault !== undefined)
      throw fault === 'late' ? new MlflowError('MLflow has not answered by the end of the run', true) : fault
  }

  closeNow(end: RunEnd | undefined): void {
    this.#addEnd(end)
    this.#spill()
    const hasSpooled = !this.#spool.isEmpty
    this.#giveUp()
    if (hasSpooled) throw new MlflowError('at the exit there is no time to send', true)
  }

  stats(): MetricStats {
    const { requests, errors } = this.#client
    const drops = this.#stats.drops + (this.#remote?.drops ?? 0)
    return { ...this.#stats, drops, flushes: requests, errors }
  }

  /** Adds the end of the run. An end that is given again, for example at exit after a failed close, is in the spool already. */
  #addEnd(end: RunEnd | undefined): void {
    if (!this.#head || !end || end.status === this.#ended) return
    this.#ended = end.status
    this.#add({ end: { status: statuses[end.status], time: Date.now() } })
  }

  async #sendAll(): Promise<void> {
    if (!this.#head) return
    this.#remote ??= new RemoteRun(this.#client, this.#head, (what) => this.#reportRefused(what))
    try {
      this.#awaitTurn(this.#remote)
      await this.#spool.sendTo(this.#remote)
      for (let part = this.#take(); part; part = this.#take()) await this.#remote.send(part)
      this.#backOff = 1000
      this.#fault = undefined
      this.#lookForOthers()
    } catch (error) {
      this.#fault = error as Error
      this.#pauseUntil = performance.now() + this.#backOff
      this.#backOff = Math.min(2 * this.#backOff, maxBackOff)
      this.#spill()
      throw error
    }
  }

  /** Throws while a process that took our spool, because this one seemed dead, may still create the run. @throws {MlflowError} */
  #awaitTurn(remote: RemoteRun): void {
    if (remote.isReady || !this.#spool.wasTaken()) return
    remote.expectTwin()
    if (this.#spool.isSentElsewhere(this.#options.head.uuid))
      throw new MlflowError('another process sends the beginning of this run', true)
  }

  /** Sends other processes' spools: at the first success, and then once per lease, because another process may have died. */
  #lookForOthers(): void {
    if (performance.now() - this.#transferStart < this.#folder.leaseMs) return
    this.#transferStart = performance.now()
    const before = this.#transfer
    this.#transfer = (async () => {
      await before
      await this.#sendOthers()
    })().catch(() => {}) // if the folder cannot be read or written, a later process sends them
  }

  async #sendOthers(): Promise<void> {
    for (const file of this.#folder.claimLeft()) {
      this.#claimed = file
      try {
        await resendSpool(file, this.#client, (what) => this.#reportRefused(what))
      } catch (error) {
        if (!(error instanceof MlflowError) || error.passing) throw error
        this.#reportRefused((error as Error).message)
      } finally {
        this.#claimed = undefined
      }
    }
  }

  /** Spools the rest and releases the spools. Parts that the spool does not take are lost and counted. */
  #giveUp(): void {
    this.#spill()
    this.#spool.release()
    this.#claimed?.release()
    for (const part of this.#parts) this.#stats.drops += valuesIn(part)
    this.#parts = []
  }

  /** The part under way goes too: to send it twice does no harm. A disk that refuses leaves all in memory. */
  #spill(): void {
    if (this.#flying) this.#parts.unshift(this.#flying)
    this.#flying = undefined
    if (!this.#head || this.#parts.length === 0) return
    try {
      this.#spool.append(this.#head, this.#parts)
      this.#parts = []
      this.#waiting = 0
    } catch (error) {
      const why = `no place for a spool: ${(error as Error).message}`
      this.#warnings.warn(this.#options.spool, why, 'unsent values wait in memory')
    }
  }

  #add(part: RunPart): void {
    const size = sizeOf(part)
    if (this.#waiting + size > this.#options.queueBytes && this.#parts.length > 0) this.#spill()
    if (this.#waiting + size > this.#options.queueBytes && this.#parts.length > 0) {
      this.#stats.drops += valuesIn(part)
      return
    }
    this.#waiting += size
    const last = this.#parts.at(-1)
    if (
      last &&
      'metrics' in part &&
      'metrics' in last &&
      last.metrics.length + part.metrics.length <= maxPerRequest.metrics
    )
      last.metrics.push(...part.metrics)
    else this.#parts.push(part)
  }

  #take(): RunPart | undefined {
    const part = this.#parts.shift()
    if (part) this.#waiting = Math.max(0, this.#waiting - sizeOf(part))
    this.#flying = part
    return part
  }

  #reportRefused(what: string): void {
    this.#warnings.warn(what.slice(0, 200), 'refused')
  }
}
