import { deserialize, serialize } from 'node:v8'
import { detectRank, type RankInfo, writeErrorFile } from 'pino-rank'
import type { Progress } from '../progress/progress.ts'
import type { ProgressDisplay } from '../progress/progress-display.ts'
import type { Task } from '../trainer/callback.ts'
import type { ParameterValues } from '../trainer/strategy.ts'
import type { Collectives, CollectivesLimits } from './collectives.ts'
import { exitAtSignals } from './exit-at-signals.ts'
import { gpusOfHost, gpuVariables } from './gpus.ts'
import { launch } from './launch.ts'
import { openCollectives } from './open-collectives.ts'
import { isStartedByLaunch, parentLink, type RankZeroMessage, type TaskResult } from './parent-link.ts'
import { type RankZeroCall, RankZeroCalls } from './rank-zero-calls.ts'
import { NeighbourLost, RankUnresponsive } from './ring-errors.ts'
import { type NumberOfRanks, worldSizeOf } from './world-size.ts'

export interface JobOptions extends NumberOfRanks {
  /** True gives each rank that this process starts a GPU, if there are GPUs. */
  usesGpus: boolean
  /** Time in ms that the ranks have after the first signal. @default 30 s */
  saveTimeoutMs: number | undefined
}

/** The place of this process in its job: a rank, or the parent that starts the ranks. */
export class Job {
  readonly worldSize: number
  /** Undefined in the parent. */
  readonly rank: number | undefined
  readonly #info: RankInfo | undefined
  readonly #usesGpus: boolean
  #collectives: Collectives | undefined
  #send: ReturnType<typeof parentLink>
  readonly #calls = new RankZeroCalls()
  /** In the parent: resolves when the ranks have ended. */
  #ranks: Promise<void> | undefined
  /** True if a trainer of this process has joined a job of `launch`. */
  static #hasJoined = false

  readonly #saveTimeoutMs: number | undefined

  /** @throws {Error} as {@link worldSizeOf} */
  constructor({ devices, numNodes, usesGpus, saveTimeoutMs }: JobOptions) {
    this.#saveTimeoutMs = saveTimeoutMs
    const detected = detectRank()
    this.worldSize = worldSizeOf({ devices, numNodes }, detected)
    this.#usesGpus = usesGpus
    this.#info = detected ?? (this.worldSize === 1 ? { rank: 0, worldSize: 1, launcher: 'none' } : undefined)
    this.rank = this.#info?.rank
  }

  /**
   * In the parent: returns what rank 0 had after the same call. The first call runs this script again as the ranks, and waits
   * until they have ended.
   *
   * @throws {Error} if a rank failed, or if rank 0 did not make this call
   */
  async resultOfRankZero(task: Task, display: ProgressDisplay): Promise<RankZeroCall> {
    const onMessage = (message: RankZeroMessage) => {
      if (message.ddp === 'progress') display.show(message.progress)
      else this.#calls.add(message)
    }
    this.#ranks ??= launch(this.worldSize, onMessage, () => display.close(), this.#saveTimeoutMs, this.#gpuOfRank())
    await this.#ranks
    return this.#calls.next(task)
  }

  /** Returns the function that gives rank k of this host the variables of its GPU. */
  #gpuOfRank(): (localRank: number) => Record<string, string> {
    if (!this.#usesGpus) return () => ({})
    const gpus = gpusOfHost()
    return (localRank) => gpuVariables({ localRank, localWorldSize: this.worldSize, ...gpus })
  }

  /** Sends what rank 0 has after a call to the parent, if there is one. `parameters` is read only then. */
  async sendResult(result: TaskResult, parameters: AsyncIterable<ParameterValues> | undefined): Promise<void> {
    if (!this.#send || this.rank !== 0) return
    for await (const parameter of parameters ?? []) await this.#send({ ddp: 'parameter', parameter })
    await this.#send({ ddp: 'result', result })
  }

  /** On a rank: connects to the others, at the first call. From now on a signal ends this process only after its 'exit' listeners. */
  async join(limits: CollectivesLimits): Promise<Collectives> {
    if (this.#collectives) return this.#collectives
    exitAtSignals()
    this.#send = parentLink()
    if (isStartedByLaunch() && Job.#hasJoined)
      throw new Error('Trainer: a script can start ranks with only one trainer; make all calls with the first one')
    Job.#hasJoined = true
    this.#collectives = await openCollectives({ ...(this.#info as RankInfo), worldSize: this.worldSize }, limits)
    return this.#collectives
  }

  /** Waits for all ranks. @param what what this rank does, for the errors of ranks that disagree */
  async barrier(what: string): Promise<void> {
    await this.#collectives?.barrier({ what })
  }

  /**
   * Reports why this rank failed, and closes the connections, so that the other ranks fail too. The parent gets a message. Another launcher
   * gets the file that TORCHELASTIC_ERROR_FILE names, unless the failure is a consequence.
   */
  async fail(error: unknown): Promise<void> {
    const isConsequence = error instanceof NeighbourLost
    if (!isConsequence) writeErrorFile(error)
    const unresponsive = error instanceof RankUnresponsive && { unresponsive: error.rank }
    await this.#send?.({ ddp: 'failed', message: String(error), isConsequence, ...unresponsive })
    this.#collectives?.close()
  }

  /** True in the process that shows the progress: the parent, or rank 0 if `launch` did not start it. */
  get showsProgress(): boolean {
    return this.rank === undefined || (this.rank === 0 && !isStartedByLaunch())
  }

  /** Sends the progress to the parent, which shows it. Returns false if `launch` did not start this process. */
  report(progress: Progress): boolean {
    void this.#send?.({ ddp: 'progress', progress })
    return this.#send !== undefined
  }

  /** Sums numbers over all ranks, in float32. */
  async sum(values: readonly number[]): Promise<number[]> {
    const sums = Float32Array.from(values)
    await this.#collectives?.allReduce(sums, { what: 'sums numbers' })
    return [...sums]
  }

  /** Returns the value of rank 0. */
  async broadcast<T>(value: T): Promise<T> {
    const bytes = await this.#collectives?.broadcast(serialize(value), { what: 'gets a value of rank 0' })
    return bytes ? deserialize(bytes) : value
  }
}
