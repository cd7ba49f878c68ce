import { absolutePath, OptionChecker, reportLine } from 'pino-rank/sink'
import { type SpoolFile, SpoolFolder, type SpoolLine } from 'pino-rank-lines/spool'
import { MlflowClient, MlflowError, parseObject } from './mlflow-client.ts'
import { type Metric, type Param, type RunHead, requestsOf, spoolPrefix } from './mlflow-format.ts'
import { trackingUriIn } from './rank.ts'

/** The tag that says which run is ours. */
const uuidTag = 'pino_mlflow.uuid'

/** Sends the lines of a spool to a run on the server, which is found or made first. Any line may be sent again. */
export class RunSender {
  /** Values that the server has refused for ever. */
  drops = 0
  readonly #client: MlflowClient
  readonly #head: RunHead
  readonly #refused: (what: string) => void
  /** Where the server keeps this run's artifacts itself; undefined: it does not. */
  #artifacts: string | undefined
  #ready = false
  #asked: boolean
  /** True if the run was created although an earlier request for it had no response. That request may still be carried out. */
  #mayHaveTwin = false

  /**
   * @param refused called with each value that the server will never take
   * @param asked may the server have been asked for this run already?
   */
  constructor(client: MlflowClient, head: RunHead, refused: (what: string) => void, asked = false) {
    this.#client = client
    this.#head = head
    this.#refused = refused
    this.#asked = asked
  }

  /**
   * Sends the lines of a spool, in order.
   *
   * @param onSent called with a line when it and those before it were sent
   * @throws {MlflowError} `passing`: send the others later
   */
  async send<Line extends { text: string }>(lines: Iterable<Line>, onSent?: (last: Line) => void): Promise<void> {
    for (const { part, last } of requestsOf(lines, () => this.#refused('a damaged line of the spool'))) {
      if (!this.#ready) await this.#begin()
      if ('metrics' in part) await this.#values('metrics', part.metrics)
      else if ('params' in part) await this.#values('params', part.params)
      else if ('artifact' in part) await this.#artifact(part.artifact.path, part.artifact.base64)
      else {
        await this.#update({ status: part.end.status, end_time: part.end.time })
        await this.removeTwins()
      }
      onSent?.(last)
    }
  }

  /** Notes that another process may have created this run: it is then searched for first. Returns false if it is known already. */
  expectTwin(): boolean {
    this.#asked = true
    return !this.#ready
  }

  /** Deletes an empty run that a late response to an earlier request left. @throws {MlflowError} `passing` */
  async removeTwins(): Promise<void> {
    if (!this.#mayHaveTwin) return
    for (const { info, data } of await this.#search()) {
      if (info.run_id === this.#head.runId || data?.metrics?.length || data?.params?.length) continue
      await this.#client.post('runs/delete', { run_id: info.run_id }).catch((error) => this.#unlessRefused(error))
    }
    this.#mayHaveTwin = false
  }

  async #begin(): Promise<void> {
    const run = this.#head.runId ? await this.#resumed() : ((await this.#found()) ?? (await this.#created()))
    const { run_id, artifact_uri = '' } = run.info
    this.#head.runId = run_id
    this.#artifacts = /^mlflow-artifacts:\/*(.+)$/.exec(artifact_uri)?.[1]
    this.#ready = true
  }

  /** Returns a run that is resumed. Its status becomes RUNNING only if it was not asked for before, as when a spool is resent. */
  async #resumed(): Promise<Run> {
    if (!this.#asked) await this.#update({ status: 'RUNNING' })
    const { run } = await this.#client.get('runs/get', { run_id: this.#head.runId as string })
    return run as Run
  }

  /** Returns a run whose creation was asked for, by this process or the one before, and had no response. */
  async #found(): Promise<Run | undefined> {
    if (!this.#asked) return undefined
    const [run] = await this.#search()
    this.#mayHaveTwin = run === undefined
    return run
  }

  async #search(): Promise<Run[]> {
    const { runs } = await this.#client.post('runs/search', {
      experiment_ids: [await this.#experiment()],
      filter: `tags.\`${uuidTag}\` = '${this.#head.uuid}'`,
      max_results: 10,
    })
    return (runs as Run[] | undefined) ?? []
  }

  async #created(): Promise<Run> {
    const { name, start, tags, uuid } = this.#head
    const experiment_id = await this.#experiment()
    this.#asked = true
    const { run } = await this.#client.post('runs/create', {
      experiment_id,
      start_time: start,
      run_name: name,
      tags: Object.entries({ ...tags, [uuidTag]: uuid }).map(([key, value]) => ({ key, value })),
    })
    return run as Run
  }

  /** Returns the id of the experiment, which is created if there is none. Another process may be faster. */
  async #experiment(): Promise<string> {
    const name = this.#head.experiment
    const known = async () => {
      const { experiment } = await this.#client.get('experiments/get-by-name', { experiment_name: name })
      return (experiment as { experiment_id: string }).experiment_id
    }
    try {
      return await known()
    } catch (error) {
      if ((error as MlflowError).code !== 'RESOURCE_DOES_NOT_EXIST') throw error
    }
    try {
      return (await this.#client.post('experiments/create', { name })).experiment_id as string
    } catch (error) {
      if ((error as MlflowError).code !== 'RESOURCE_ALREADY_EXISTS') throw error
      return known()
    }
  }

  /** One bad value must not cost the others: a batch that is refused is halved. A parameter is refused if it would change. */
  async #values(kind: 'metrics' | 'params', values: (Metric | Param)[]): Promise<void> {
    try {
      await this.#client.post('runs/log-batch', { run_id: this.#head.runId, [kind]: values })
    } catch (error) {
      this.#unlessRefused(error)
      const what = kind === 'metrics' ? 'metric' : 'parameter'
      if (values.length === 1) return this.#drop(`${what} "${values[0]?.key}"`, error as Error)
      const half = values.length >> 1
      await this.#values(kind, values.slice(0, half))
      await this.#values(kind, values.slice(half))
    }
  }

  async #artifact(path: string, base64: string): Promise<void> {
    if (this.#artifacts === undefined)
      return this.#drop('artifacts', new Error('this server stores none itself (mlflow server --serve-artifacts)'))
    try {
      await this.#client.putArtifact(`${this.#artifacts}/${path}`, Buffer.from(base64, 'base64'))
    } catch (error) {
      this.#unlessRefused(error)
      this.#drop(`artifact "${path}"`, error as Error)
    }
  }

  async #update(change: object): Promise<void> {
    await this.#client.post('runs/update', { run_id: this.#head.runId, ...change })
  }

  #unlessRefused(error: unknown): void {
    if (!(error instanceof MlflowError) || error.passing) throw error
  }

  #drop(what: string, { message }: Error): void {
    this.drops++
    this.#refused(`${what}: ${message}`)
  }
}

interface Run {
  info: { run_id: string; artifact_uri?: string }
  data?: { metrics?: unknown[]; params?: unknown[] }
}

/**
 * Sends the spools that dead processes left in a folder, and returns their number.
 *
 * @param onClaim called with each spool before it is sent
 * @throws {MlflowError} the first refusal, after all other spools were tried; `passing`: at once
 */
export async function sendLeft(
  folder: SpoolFolder,
  client: MlflowClient,
  report: (path: string, what: string) => void,
  onClaim: (file: SpoolFile) => void = () => {},
): Promise<number> {
  let sent = 0
  let refusal: MlflowError | undefined
  for (const file of folder.claimLeft()) {
    onClaim(file)
    try {
      await sendSpool(file, client, (what) => report(file.path, what))
      file.remove()
      sent++
    } catch (error) {
      file.release()
      if (!(error instanceof MlflowError) || error.passing) throw error
      refusal ??= error
    }
  }
  if (refusal) throw refusal
  return sent
}

async function sendSpool(file: SpoolFile, client: MlflowClient, refused: (what: string) => void): Promise<void> {
  const lines = file.lines()
  try {
    const first: SpoolLine | undefined = lines.next().value
    if (!first) return
    const head = parseObject(first.text)
    if (!head || !('uuid' in head)) throw new MlflowError(`the first line of ${file.path} does not name a run`, false)
    // the run may be on the server already, because the process that created this spool may have asked for it
    const sender = new RunSender(client, head as object as RunHead, refused, true)
    await sender.send(lines)
    await sender.removeTwins()
  } finally {
    lines.return(undefined) // closes the file
  }
}

export interface ResendOptions {
  /** @default MLFLOW_TRACKING_URI */
  trackingUri?: string
  /** Maximum time of one request, in ms. @default 10000 */
  timeoutMs?: number
  /** Receives one line for each value that the server will never accept and each spool that is left in place. @default stderr */
  report?: (line: string) => void
}

/**
 * Sends what runs could not send to their server, from the folder that was their `spool`. It leaves spools of other users and of
 * processes that are, or may be, alive. Several processes may do this at once: each spool is sent by one. Returns the number of
 * spools that were sent.
 *
 * @throws the first refusal, after all other spools were tried. If the server is unavailable, it throws at once.
 */
export async function resend(folder: string, options: ResendOptions = {}): Promise<number> {
  const check = new OptionChecker('pino-mlflow')
  const { trackingUri, timeoutMs = 10_000, report = reportLine } = options
  const client = new MlflowClient(trackingUriIn(check, trackingUri), check.timeMs('timeoutMs', timeoutMs))
  const onReport = (path: string, what: string) => report(`pino-mlflow: ${path}: ${what}`)
  return sendLeft(new SpoolFolder(absolutePath(folder), { prefix: spoolPrefix, onSkip: onReport }), client, onReport)
}
