import type { MetricRecord, MetricStats, NameWarnings, RunEnd, RunWriter } from 'pino-rank-metrics/sink'
import { type MlflowClient, MlflowError } from './mlflow-client.ts'
import { mlflowKey } from './mlflow-key.ts'
import { RemoteRun } from './remote-run.ts'
import { resendSpool } from './resend.ts'
import { type Metric, most, type Param, type RunHead, type RunPart } from './run-part.ts'
import { leftSpools, readSpool, Spool } from './spool.ts'

export interface MlflowRunOptions {
  head: Omit<RunHead, 'start'>
  /** The folder for what the server could not be told. */
  spool: string
  /** What may wait in memory, where neither the server nor the disk takes it, in bytes. */
  queueBytes: number
  /** Longest time that the end of a run waits for the server, in ms. */
  endMs: number
}

/** Longest pause between attempts while the server is away, in ms. */
const maxBackOff = 60_000

const statuses = { finished: 'FINISHED', failed: 'FAILED', killed: 'KILLED' } as const

/** Longest value of a parameter: MLflow cuts longer ones without a word. */
const longest = 6000

/**
 * A run on an MLflow server. Records become parts, which wait in memory and are sent one request at a time; nothing that
 * logs waits for one. While the server is away parts go to a spool on the disk, and are sent from there, in order, when it
 * is back; what is left of it is sent by the next process with the same spool, or by `resend`.
 */
export class MlflowRun implements RunWriter {
  readonly #client: MlflowClient
  readonly #options: MlflowRunOptions
  readonly #warnings: NameWarnings
  readonly #spool: Spool
  #head: RunHead | undefined
  #remote: RemoteRun | undefined
  #parts: RunPart[] = []
  /** Under way, and in no list. */
  #flying: RunPart | undefined
  #waiting = 0
  /** Parts of the spool that were sent. */
  #sent = 0
  #spooled = 0
  #sending: Promise<void> | undefined
  #pauseUntil = 0
  #fault: Error | undefined
  #backOff = 1000
  /** What processes before this one have left is being sent. */
  #others: Promise<void> | undefined
  readonly #stats = { records: 0, values: 0, drops: 0 }

  constructor(client: MlflowClient, options: MlflowRunOptions, warnings: NameWarnings) {
    this.#client = client
    this.#options = options
    this.#warnings = warnings
    this.#spool = new Spool(options.spool, options.head.uuid)
  }

  write(record: MetricRecord): void {
    this.#stats.records++
    this.#head ??= { ...this.#options.head, start: record.time }
    const timestamp = Math.round(record.time)
    const metrics = record.scalars.map(([name, value]): Metric => {
      return {
        key: this.#key(name),
        value: Number.isFinite(value) ? value : String(value),
        timestamp,
        step: record.step,
      }
    })
    const params = record.hparams.map(
      ([name, value]): Param => ({ key: this.#key(name), value: this.#param(name, value) }),
    )
    for (const some of cut(params, most.params)) this.#add({ params: some })
    for (const some of cut(metrics, most.metrics)) this.#add({ metrics: some })
    const artifact = (kind: string, name: string, extension: string, bytes: Buffer | string) => {
      const path = `${kind}/${mlflowKey(name)}_${record.step}.${extension}`
      this.#add({ artifact: { path, base64: Buffer.from(bytes).toString('base64') } })
    }
    for (const [name, text] of record.texts) artifact('texts', name, 'txt', text)
    for (const [name, histogram] of record.histograms) artifact('histograms', name, 'json', JSON.stringify(histogram))
    for (const [name, { png }] of record.images) artifact('images', name, 'png', png)
    this.#stats.values += metrics.length + record.texts.length + record.histograms.length + record.images.length
  }

  /** Sends what waits. While the server is away: puts it into the spool, and asks again after a pause that grows. */
  async flush(): Promise<void> {
    if (this.#sending) return this.#sending
    if (this.#fault && Date.now() < this.#pauseUntil) {
      this.#spill()
      throw this.#fault
    }
    this.#sending = this.#sendAll().finally(() => {
      this.#sending = undefined
    })
    return this.#sending
  }

  async close(end: RunEnd | undefined): Promise<void> {
    this.#finish(end)
    this.#pauseUntil = 0
    const sent = (async () => {
      await this.#sending?.catch(() => {})
      await this.flush()
    })()
    const late = new Promise<'late'>((tell) => setTimeout(tell, this.#options.endMs, 'late').unref())
    const fault = await Promise.race([sent.catch((error: Error) => error), late])
    if (fault === undefined) return void (await Promise.race([this.#others, late]))
    this.#giveUp()
    throw fault === 'late' ? new MlflowError('MLflow has not answered by the end of the run', true) : fault
  }

  closeNow(end: RunEnd | undefined): void {
    this.#finish(end)
    this.#giveUp()
    if (this.#spooled > 0) throw new MlflowError('at the exit there is no time to send', true)
  }

  stats(): MetricStats {
    const { requests, errors } = this.#client
    const drops = this.#stats.drops + (this.#remote?.drops ?? 0)
    return { ...this.#stats, drops, flushes: requests, errors }
  }

  #finish(end: RunEnd | undefined): void {
    if (this.#head && end) this.#add({ end: { status: statuses[end.status], time: Date.now() } })
  }

  async #sendAll(): Promise<void> {
    if (!this.#head) return
    this.#remote ??= new RemoteRun(this.#client, this.#head, (what) => this.#refused(what))
    try {
      await this.#sendSpooled(this.#remote)
      for (let part = this.#take(); part; part = this.#take()) await this.#remote.send(part)
      this.#backOff = 1000
      this.#fault = undefined
      this.#others ??= this.#sendOthers()
    } catch (error) {
      this.#fault = error as Error
      this.#pauseUntil = Date.now() + this.#backOff
      this.#backOff = Math.min(2 * this.#backOff, maxBackOff)
      this.#spill()
      throw error
    }
  }

  async #sendSpooled(remote: RemoteRun): Promise<void> {
    if (this.#spooled === 0) return
    const { parts } = readSpool(this.#spool.path) ?? { parts: [] }
    for (const part of parts.slice(this.#sent)) {
      await remote.send(part)
      this.#sent++
    }
    this.#spool.remove()
    this.#sent = 0
    this.#spooled = 0
  }

  /** A spool that cannot be sent stays where it is. */
  async #sendOthers(): Promise<void> {
    for (const path of leftSpools(this.#options.spool)) {
      await resendSpool(path, this.#client, (what) => this.#refused(what)).catch(() => {})
    }
  }

  /** What no spool takes at the end is lost. */
  #giveUp(): void {
    this.#spill()
    for (const part of this.#parts) this.#stats.drops += valuesIn(part)
  }

  /** The part under way goes too: to send it twice does no harm. A disk that refuses leaves all in memory. */
  #spill(): void {
    if (this.#flying) this.#parts.unshift(this.#flying)
    this.#flying = undefined
    if (!this.#head || this.#parts.length === 0) return
    try {
      this.#spool.append(this.#head, this.#parts)
      this.#spooled += this.#parts.length
      this.#parts = []
      this.#waiting = 0
    } catch (error) {
      const why = `no place for a spool: ${(error as Error).message}`
      this.#warnings.warn(this.#options.spool, why, 'what the server is not told waits in memory')
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
    if (last && 'metrics' in part && 'metrics' in last && last.metrics.length + part.metrics.length <= most.metrics)
      last.metrics.push(...part.metrics)
    else this.#parts.push(part)
  }

  #take(): RunPart | undefined {
    const part = this.#parts.shift()
    if (part) this.#waiting = Math.max(0, this.#waiting - sizeOf(part))
    this.#flying = part
    return part
  }

  #key(name: string): string {
    const key = mlflowKey(name)
    if (key !== name) this.#warnings.warn(name, 'no name that MLflow takes', `it is sent as "${key}"`)
    return key
  }

  #param(name: string, value: unknown): string {
    const text = String(value)
    if (text.length > longest) this.#warnings.warn(name, `${text.length} characters long`, `MLflow keeps ${longest}`)
    return text.slice(0, longest)
  }

  #refused(what: string): void {
    this.#warnings.warn(what.slice(0, 200), 'refused')
  }
}

function cut<Kind>(list: Kind[], length: number): Kind[][] {
  return Array.from({ length: Math.ceil(list.length / length) }, (_, at) => list.slice(at * length, (at + 1) * length))
}

function valuesIn(part: RunPart): number {
  if ('metrics' in part) return part.metrics.length
  if ('params' in part) return part.params.length
  return 'artifact' in part ? 1 : 0
}

/** Near enough to what it takes in memory and in a request. */
function sizeOf(part: RunPart): number {
  if ('metrics' in part) return 100 * part.metrics.length
  if ('params' in part) return part.params.reduce((sum, { key, value }) => sum + key.length + value.length + 50, 0)
  return 'artifact' in part ? part.artifact.base64.length : 100
}
