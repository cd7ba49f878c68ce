import { type MlflowClient, MlflowError } from './mlflow-client.ts'
import type { Metric, Param, RunHead, RunPart } from './run-part.ts'

/** The tag that says which run is ours. */
const uuidTag = 'pino_mlflow.uuid'

/** A run on the server: found or made before its first part is sent. Any part may be sent again. */
export class RemoteRun {
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

  /** @throws {MlflowError} `passing`: send it again later */
  async send(part: RunPart): Promise<void> {
    if (!this.#ready) await this.#begin()
    if ('metrics' in part) await this.#metrics(part.metrics)
    else if ('params' in part) await this.#params(part.params)
    else if ('artifact' in part) await this.#artifact(part.artifact.path, part.artifact.base64)
    else {
      await this.#update({ status: part.end.status, end_time: part.end.time })
      await this.removeTwins()
    }
  }

  get isReady(): boolean {
    return this.#ready
  }

  /** Notes that another process may have created this run. The run is then searched before it is created. */
  expectTwin(): void {
    this.#asked = true
  }

  /** Deletes an empty run that a late response to an earlier request left. @throws {MlflowError} `passing` */
  async removeTwins(): Promise<void> {
    if (!this.#mayHaveTwin) return
    for (const { info, data } of await this.#search()) {
      if (info.run_id === this.#head.runId || data?.metrics?.length || data?.params?.length) continue
      try {
        await this.#client.post('runs/delete', { run_id: info.run_id })
      } catch (error) {
        this.#unlessRefused(error)
      }
    }
    this.#mayHaveTwin = false
  }

  async #begin(): Promise<void> {
    const run = this.#head.runId ? await this.#resumed() : ((await this.#found()) ?? (await this.#made()))
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

  /** A run whose creation was asked for, by us or by the process before, and not answered. */
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

  async #made(): Promise<Run> {
    const { name, start, tags, uuid } = this.#head
    const experiment_id = await this.#experiment()
    this.#asked = true
    const { run } = await this.#client.post('runs/create', {
      experiment_id,
      start_time: start,
      ...(name !== undefined && { run_name: name }),
      tags: Object.entries({ ...tags, [uuidTag]: uuid }).map(([key, value]) => ({ key, value })),
    })
    return run as Run
  }

  /** The experiment of this name, made where there is none; somebody else may be faster. */
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

  /** One bad value must not cost the others: a batch that is refused is halved. */
  async #metrics(metrics: Metric[]): Promise<void> {
    try {
      await this.#client.post('runs/log-batch', { run_id: this.#head.runId, metrics })
    } catch (error) {
      this.#unlessRefused(error)
      if (metrics.length === 1) return this.#drop(`metric "${metrics[0]?.key}"`, error as Error)
      const half = metrics.length >> 1
      await this.#metrics(metrics.slice(0, half))
      await this.#metrics(metrics.slice(half))
    }
  }

  /** A parameter cannot change: one that would makes MLflow refuse its whole batch. */
  async #params(params: Param[]): Promise<void> {
    try {
      await this.#client.post('runs/log-batch', { run_id: this.#head.runId, params })
    } catch (error) {
      this.#unlessRefused(error)
      if (params.length === 1) return this.#drop(`parameter "${params[0]?.key}"`, error as Error)
      for (const param of params) await this.#params([param])
    }
  }

  async #artifact(path: string, base64: string): Promise<void> {
    if (this.#artifacts === undefined)
      return this.#drop(
        'artifacts',
        new Error('this server does not keep them itself (mlflow server --serve-artifacts)'),
      )
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
