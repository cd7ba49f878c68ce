import { type MlflowClient, MlflowError } from './mlflow-client.ts'
import { type Metric, type Param, type RunHead, requestsOf } from './mlflow-format.ts'

/** The tag by which we find a run that we created. */
const uuidTag = 'pino_mlflow.uuid'

/** Sends the lines of a spool to a run on the server, after it has found or created the run. A line may be sent twice without harm. */
export class RunSender {
  /** Number of values that the server has permanently rejected. */
  drops = 0
  readonly #client: MlflowClient
  readonly #head: RunHead
  readonly #onRejected: (what: string) => void
  /** The path of this run's artifacts on the server. Undefined if the server does not store artifacts itself. */
  #artifactPath: string | undefined
  #isReady = false
  /** True if a request to create this run may have been sent already. */
  #mayBeCreated: boolean
  /**
   * True if the run was created although an earlier request for it had no response. The server may still carry out that request, and
   * so create a duplicate.
   */
  #mayHaveDuplicate = false

  /**
   * @param onRejected called with each value that the server permanently rejects
   * @param mayBeCreated true if a request to create this run may have been sent already
   */
  constructor(client: MlflowClient, head: RunHead, onRejected: (what: string) => void, mayBeCreated = false) {
    this.#client = client
    this.#head = head
    this.#onRejected = onRejected
    this.#mayBeCreated = mayBeCreated
  }

  /**
   * Sends the lines of a spool, in order.
   *
   * @param onSent called with a line when that line and all lines before it are sent
   * @throws {MlflowError} If it is `isTransient`, the remaining lines can be sent later.
   */
  async send<Line extends { text: string }>(lines: Iterable<Line>, onSent?: (last: Line) => void): Promise<void> {
    for (const { part, last } of requestsOf(lines, () => this.#onRejected('a damaged line of the spool'))) {
      if (!this.#isReady) await this.#begin()
      if ('metrics' in part) await this.#values('metrics', part.metrics)
      else if ('params' in part) await this.#values('params', part.params)
      else if ('artifact' in part) await this.#artifact(part.artifact.path, part.artifact.base64)
      else {
        await this.#update({ status: part.end.status, end_time: part.end.time })
        await this.deleteDuplicates()
      }
      onSent?.(last)
    }
  }

  /**
   * Makes `send` search for the run before it creates one, because another process may have created it. Returns false if the run
   * is known already.
   */
  expectExistingRun(): boolean {
    this.#mayBeCreated = true
    return !this.#isReady
  }

  /**
   * Deletes empty duplicates of the run. There is one if the server carried out an earlier request late.
   *
   * @throws {MlflowError} if the server is unavailable
   */
  async deleteDuplicates(): Promise<void> {
    if (!this.#mayHaveDuplicate) return
    for (const { info, data } of await this.#search()) {
      if (info.run_id === this.#head.runId || data?.metrics?.length || data?.params?.length) continue
      await this.#client.post('runs/delete', { run_id: info.run_id }).catch((error) => this.#throwUnlessRejected(error))
    }
    this.#mayHaveDuplicate = false
  }

  async #begin(): Promise<void> {
    const run = this.#head.runId ? await this.#resume() : ((await this.#find()) ?? (await this.#create()))
    const { run_id, artifact_uri = '' } = run.info
    this.#head.runId = run_id
    this.#artifactPath = /^mlflow-artifacts:\/*(.+)$/.exec(artifact_uri)?.[1]
    this.#isReady = true
  }

  /** Returns the run that is continued, with the status RUNNING. When the spool of an ended process is sent, the status stays. */
  async #resume(): Promise<Run> {
    if (!this.#mayBeCreated) await this.#update({ status: 'RUNNING' })
    const { run } = await this.#client.get('runs/get', { run_id: this.#head.runId as string })
    return run as Run
  }

  /** Returns the run if it was created by an earlier request that had no response. */
  async #find(): Promise<Run | undefined> {
    if (!this.#mayBeCreated) return undefined
    const [run] = await this.#search()
    this.#mayHaveDuplicate = run === undefined
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

  async #create(): Promise<Run> {
    const { name, start, tags, uuid } = this.#head
    const experiment_id = await this.#experiment()
    this.#mayBeCreated = true
    const { run } = await this.#client.post('runs/create', {
      experiment_id,
      start_time: start,
      run_name: name,
      tags: Object.entries({ ...tags, [uuidTag]: uuid }).map(([key, value]) => ({ key, value })),
    })
    return run as Run
  }

  /** Returns the id of the experiment. Creates the experiment if it does not exist; another process may do that first. */
  async #experiment(): Promise<string> {
    const name = this.#head.experiment
    const find = async () => {
      const { experiment } = await this.#client.get('experiments/get-by-name', { experiment_name: name })
      return (experiment as { experiment_id: string }).experiment_id
    }
    try {
      return await find()
    } catch (error) {
      if ((error as MlflowError).code !== 'RESOURCE_DOES_NOT_EXIST') throw error
    }
    try {
      return (await this.#client.post('experiments/create', { name })).experiment_id as string
    } catch (error) {
      if ((error as MlflowError).code !== 'RESOURCE_ALREADY_EXISTS') throw error
      return find()
    }
  }

  /**
   * Sends a batch of values. If MLflow rejects the batch, each half is sent by itself, until the invalid value is found. MLflow also
   * rejects a new value for an existing parameter.
   */
  async #values(kind: 'metrics' | 'params', values: (Metric | Param)[]): Promise<void> {
    try {
      await this.#client.post('runs/log-batch', { run_id: this.#head.runId, [kind]: values })
    } catch (error) {
      this.#throwUnlessRejected(error)
      const what = kind === 'metrics' ? 'metric' : 'parameter'
      if (values.length === 1) return this.#drop(`${what} "${values[0]?.key}"`, error as Error)
      const half = values.length >> 1
      await this.#values(kind, values.slice(0, half))
      await this.#values(kind, values.slice(half))
    }
  }

  async #artifact(path: string, base64: string): Promise<void> {
    if (this.#artifactPath === undefined)
      return this.#drop(
        'artifacts',
        new Error('the server does not store artifacts; start it with mlflow server --serve-artifacts'),
      )
    try {
      await this.#client.putArtifact(`${this.#artifactPath}/${path}`, Buffer.from(base64, 'base64'))
    } catch (error) {
      this.#throwUnlessRejected(error)
      this.#drop(`artifact "${path}"`, error as Error)
    }
  }

  async #update(change: object): Promise<void> {
    await this.#client.post('runs/update', { run_id: this.#head.runId, ...change })
  }

  /** Throws an error again, unless it means that the server permanently rejects the request. */
  #throwUnlessRejected(error: unknown): void {
    if (!(error instanceof MlflowError) || error.isTransient) throw error
  }

  #drop(what: string, { message }: Error): void {
    this.drops++
    this.#onRejected(`${what}: ${message}`)
  }
}

interface Run {
  info: { run_id: string; artifact_uri?: string }
  data?: { metrics?: unknown[]; params?: unknown[] }
}
