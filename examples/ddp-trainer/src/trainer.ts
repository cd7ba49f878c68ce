import type * as tf from '@tensorflow/tfjs'
import { detectRank, type RankInfo, rankLogger } from 'pino-rank'
import { type Accelerator, chooseBackend } from './backend.ts'
import type { Callback } from './callback.ts'
import type { DataLoader } from './data-loader.ts'
import { FitLoop } from './fit-loop.ts'
import { launch } from './launch.ts'
import { type LogOptions, Metrics } from './metrics.ts'
import type { Module } from './module.ts'
import { parentLink } from './parent-link.ts'
import { type Logger, PinoLogger } from './pino-logger.ts'
import { drawProgress, type Progress, type ProgressStyle } from './progress.ts'
import { NeighbourLost, Ring } from './ring.ts'
import { ringDirectory } from './ring-directory.ts'

export interface TrainerOptions {
  /** 'gpu' warns and continues without one; 'cpu' looks for none. @default 'auto' */
  accelerator?: Accelerator
  /** Ranks to start, each a process; where a launcher started this one (torchrun, mpirun, …) it decides. @default 1 */
  devices?: number
  strategy?: 'ddp'
  /** @default 1 */
  maxEpochs?: number
  callbacks?: readonly Callback[]
  /** A function is called on the ranks alone, not in the parent that starts them. @default rank 0's lines on stdout */
  logger?: Logger | (() => Logger)
  /** Optimizer steps between two rows of step metrics; 0: none. @default 50 */
  logEveryNSteps?: number
  /** @default 'bar' where stderr is a terminal, else 'lines' */
  progressBar?: ProgressStyle
  /** `false`: each rank keeps its own gradients; the check after the first epoch will throw. @default true */
  syncGradients?: boolean
}

/** Trains a module on `devices` ranks that keep the same parameters, bit for bit. */
export class Trainer {
  readonly maxEpochs: number
  readonly worldSize: number
  readonly globalRank: number
  /** True on rank 0 alone; the parent that starts the ranks is none of them. */
  readonly isGlobalZero: boolean
  /** The loaders that `fit` was given; set before `onFitStart`. */
  trainDataloader!: DataLoader
  valDataloader: DataLoader | undefined
  currentEpoch = 0
  /** Optimizer steps done so far. */
  globalStep = 0
  readonly #options: TrainerOptions
  readonly #rank: RankInfo | undefined
  readonly #metrics = new Metrics()
  #logger: Logger | undefined
  #ring: Ring | undefined

  constructor(options: TrainerOptions = {}) {
    const { devices = 1, strategy = 'ddp', maxEpochs = 1 } = options
    if (!(Number.isInteger(devices) && devices > 0)) throw new RangeError(`Trainer: devices: ${devices} is no count`)
    if (strategy !== 'ddp') throw new RangeError(`Trainer: strategy: '${strategy}' is not known, only 'ddp'`)
    const launched = detectRank()
    if (launched && !launched.worldSize) {
      throw new Error(
        `Trainer: ${launched.launcher} does not say of how many ranks this is one; set RANKLOG_WORLD_SIZE`,
      )
    }
    this.#options = options
    this.#rank = launched ?? (devices === 1 ? { rank: 0, worldSize: 1, launcher: 'none' } : undefined)
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
   * On a rank: trains. In a process that no launcher started: runs its script as `devices` ranks and resolves when
   * all have ended; rejects with the rank and its exit code or signal when one failed. What the script does after
   * `fit`, it does on every rank and in their parent; a script has one fit.
   */
  async fit(module: Module, trainDataloader: DataLoader, valDataloader?: DataLoader): Promise<void> {
    const { progressBar = process.stderr.isTTY ? 'bar' : 'lines' } = this.#options
    const draw = (progress: Progress) => drawProgress(progress, progressBar)
    if (!this.#rank) return launch(this.worldSize, draw)
    Object.assign(this, { trainDataloader, valDataloader })
    module.trainer = this
    const tell = parentLink()
    try {
      await this.#train(module, this.#rank, (progress) =>
        tell ? void tell({ ddp: 'progress', progress }) : draw(progress),
      )
    } catch (error) {
      for (const callback of this.#options.callbacks ?? []) await callback.onException?.(this, module, error)
      await tell?.({ ddp: 'failed', message: String(error), follows: error instanceof NeighbourLost })
      throw error
    } finally {
      this.#ring?.close()
    }
  }

  /**
   * Logs a metric under Lightning's rules. On the other ranks nothing happens: the value is not read, and rank 0's
   * row waits for nobody. So it is the value of rank 0's shard; `sum` is there for those of all.
   */
  log(name: string, value: number | tf.Tensor, options?: LogOptions): void {
    if (this.isGlobalZero) this.#metrics.log(name, value, options)
  }

  /** Sums numbers over the ranks, in float32. Every rank must call it: never inside `if (trainer.isGlobalZero)`. */
  async sum(...values: number[]): Promise<number[]> {
    const sums = Float32Array.from(values)
    await this.#ring?.sum(sums)
    return [...sums]
  }

  async #train(module: Module, rank: RankInfo, onProgress: (progress: Progress) => void): Promise<void> {
    const { accelerator, callbacks = [], logEveryNSteps = 50, syncGradients = true } = this.#options
    await this.#takeBackend(accelerator)
    this.#ring = await Ring.join(this.worldSize > 1 ? await ringDirectory(rank) : '', rank.rank, this.worldSize)
    const options = { ring: this.#ring, metrics: this.#metrics, callbacks, logEveryNSteps, syncGradients, onProgress }
    await new FitLoop(this, module, options).run()
  }

  /** Every rank takes a backend; rank 0 says which, and why not a better one. */
  async #takeBackend(accelerator: Accelerator = 'auto'): Promise<void> {
    const choice = await chooseBackend(accelerator)
    if (!this.isGlobalZero) return
    const { experiment: log } = this.logger
    const took = `trains on ${choice.package}${choice.hint ? `; for the GPU: ${choice.hint}` : ''}`
    if (accelerator === 'gpu' && !choice.gpu)
      log.warn({ backend: choice }, `accelerator 'gpu' has no GPU to use, ${took}`)
    else log.info({ backend: choice }, took)
  }
}
