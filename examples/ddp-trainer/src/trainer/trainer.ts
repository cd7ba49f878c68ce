import type * as tf from '@tensorflow/tfjs'
import { detectRank, type RankInfo, rankLogger } from 'pino-rank'
import type { DataLoader } from '../data/data-loader.ts'
import { type LogOptions, Metrics } from '../metrics/metrics.ts'
import { launch } from '../ranks/launch.ts'
import { parentLink } from '../ranks/parent-link.ts'
import { NeighbourLost, Ring } from '../ranks/ring.ts'
import { ringDirectory } from '../ranks/ring-directory.ts'
import { type Accelerator, chooseBackend } from '../tensorflow/backend.ts'
import type { Callback } from './callback.ts'
import { FitLoop } from './fit-loop.ts'
import type { Module } from './module.ts'
import { type Logger, PinoLogger } from './pino-logger.ts'
import { drawProgress, type Progress, type ProgressStyle } from './progress.ts'

export interface TrainerOptions {
  /** 'gpu' logs a warning if there is no GPU, and continues. 'cpu' does not use a GPU. @default 'auto' */
  accelerator?: Accelerator
  /** Number of ranks to start, each a process. Under a launcher (torchrun, mpirun, …) the launcher decides. @default 1 */
  devices?: number
  /** How ranks work together. Only 'ddp' is known: gradients are averaged after each batch. @default 'ddp' */
  strategy?: 'ddp'
  /** Number of epochs. @default 1 */
  maxEpochs?: number
  /** Callbacks, whose hooks run on every rank. @default none */
  callbacks?: readonly Callback[]
  /** The logger, or a function that is called on each rank but not in their parent. @default logs rank 0 to stdout */
  logger?: Logger | (() => Logger)
  /** Number of optimizer steps between two rows of step metrics. 0 logs none. @default 50 */
  logEveryNSteps?: number
  /** How the progress is shown on stderr. @default 'bar' on a terminal, otherwise 'lines' */
  progressBar?: ProgressStyle
  /** False does not average the gradients; the check after the first epoch then rejects. @default true */
  syncGradients?: boolean
}

/** Trains a module on `devices` ranks. The parameters of all ranks stay bit-identical. */
export class Trainer {
  readonly maxEpochs: number
  readonly worldSize: number
  readonly globalRank: number
  /** True only on rank 0. False in the parent that starts the ranks. */
  readonly isGlobalZero: boolean
  /** The loaders that were passed to `fit`. Set before `onFitStart`. */
  trainDataloader!: DataLoader
  valDataloader: DataLoader | undefined
  currentEpoch = 0
  /** Number of completed optimizer steps. */
  globalStep = 0
  readonly #options: TrainerOptions
  readonly #rank: RankInfo | undefined
  readonly #metrics = new Metrics()
  #logger: Logger | undefined
  #ring: Ring | undefined

  constructor(options: TrainerOptions = {}) {
    const { devices = 1, strategy = 'ddp', maxEpochs = 1 } = options
    if (!(Number.isInteger(devices) && devices > 0))
      throw new RangeError(`Trainer: devices must be a whole number >= 1, not ${devices}`)
    if (strategy !== 'ddp') throw new RangeError(`Trainer: strategy must be 'ddp', not '${strategy}'`)
    const detected = detectRank()
    if (detected && !detected.worldSize)
      throw new Error(`Trainer: ${detected.launcher} does not set the number of ranks; set RANKLOG_WORLD_SIZE`)
    this.#options = options
    this.#rank = detected ?? (devices === 1 ? { rank: 0, worldSize: 1, launcher: 'none' } : undefined)
    this.maxEpochs = maxEpochs
    this.worldSize = this.#rank?.worldSize ?? devices
    this.globalRank = this.#rank?.rank ?? 0
    this.isGlobalZero = this.#rank?.rank === 0
  }

  get logger(): Logger {
    const { logger = () => new PinoLogger(rankLogger()) } = this.#options
    this.#logger ??= typeof logger === 'function' ? logger() : logger
    return this.#logger
  }

  /**
   * Trains, if this process is a rank. If no launcher started this process, it becomes the parent: it runs its script again as
   * `devices` ranks, and resolves when all have ended. If a rank fails, it rejects with the number of the rank and its exit code or
   * signal.
   *
   * The code after `fit` runs on every rank and in their parent. A script must call `fit` only once.
   */
  async fit(module: Module, trainDataloader: DataLoader, valDataloader?: DataLoader): Promise<void> {
    const { progressBar = process.stderr.isTTY ? 'bar' : 'lines' } = this.#options
    const draw = (progress: Progress) => drawProgress(progress, progressBar)
    if (!this.#rank) return launch(this.worldSize, draw)
    Object.assign(this, { trainDataloader, valDataloader })
    module.trainer = this
    const send = parentLink()
    try {
      await this.#train(module, this.#rank, (progress) =>
        send ? void send({ ddp: 'progress', progress }) : draw(progress),
      )
    } catch (error) {
      for (const callback of this.#options.callbacks ?? []) await callback.onException?.(this, module, error)
      await send?.({ ddp: 'failed', message: String(error), isConsequence: error instanceof NeighbourLost })
      throw error
    } finally {
      this.#ring?.close()
    }
  }

  /**
   * Logs a metric by the rules of Lightning. It logs the value of rank 0, and does nothing on other ranks: the value is not read, and
   * rank 0 does not wait for them. Use `sum` to log a value of all ranks.
   */
  log(name: string, value: number | tf.Tensor, options?: LogOptions): void {
    if (this.isGlobalZero) this.#metrics.log(name, value, options)
  }

  /** Sums numbers over all ranks, in float32. Every rank must call it, so do not call it inside `if (trainer.isGlobalZero)`. */
  async sum(...values: number[]): Promise<number[]> {
    const sums = Float32Array.from(values)
    await this.#ring?.sum(sums)
    return [...sums]
  }

  async #train(module: Module, rank: RankInfo, onProgress: (progress: Progress) => void): Promise<void> {
    const { accelerator, callbacks = [], logEveryNSteps = 50, syncGradients = true } = this.#options
    await this.#chooseBackend(accelerator)
    this.#ring = await Ring.join(this.worldSize > 1 ? await ringDirectory(rank) : '', rank.rank, this.worldSize)
    const options = { ring: this.#ring, metrics: this.#metrics, callbacks, logEveryNSteps, syncGradients, onProgress }
    await new FitLoop(this, module, options).run()
  }

  /** Chooses a backend. Rank 0 logs which one, and the reason against each faster one. */
  async #chooseBackend(accelerator: Accelerator = 'auto'): Promise<void> {
    const choice = await chooseBackend(accelerator)
    if (!this.isGlobalZero) return
    const { experiment: log } = this.logger
    const message = `trains on ${choice.package}${choice.hint ? `; to use the GPU: ${choice.hint}` : ''}`
    if (accelerator === 'gpu' && !choice.gpu)
      log.warn({ backend: choice }, `accelerator is 'gpu', but no GPU can be used; ${message}`)
    else log.info({ backend: choice }, message)
  }
}
