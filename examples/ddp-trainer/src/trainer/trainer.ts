import { detectRank, type RankInfo, rankLogger } from 'pino-rank'
import type { DataLoader } from '../data/data-loader.ts'
import type { LogOptions } from '../metrics/log-options.ts'
import { type Loggable, Metrics, type Row } from '../metrics/metrics.ts'
import { launch } from '../ranks/launch.ts'
import { parentLink } from '../ranks/parent-link.ts'
import { Ring } from '../ranks/ring.ts'
import { ringDirectory } from '../ranks/ring-directory.ts'
import { NeighbourLost } from '../ranks/ring-errors.ts'
import type { Task } from './callback.ts'
import { createStrategy } from './create-strategy.ts'
import { EvaluationLoop } from './evaluation-loop.ts'
import { FitLoop } from './fit-loop.ts'
import { Hooks } from './hooks.ts'
import type { LoopContext } from './loop-context.ts'
import type { Module } from './module.ts'
import { type Logger, PinoLogger, silentLogger } from './pino-logger.ts'
import { drawProgress, type Progress } from './progress.ts'
import type { Strategy } from './strategy.ts'
import { checkOptions, type TrainerOptions } from './trainer-options.ts'

/** One loader, or several, whose metrics then end in `/dataloader_idx_N`. */
export type DataLoaders = DataLoader | readonly DataLoader[]

/** Trains a module on `devices` ranks. The parameters of all ranks stay bit-identical. */
export class Trainer {
  readonly maxEpochs: number
  readonly worldSize: number
  readonly globalRank: number
  /** True only on rank 0. False in the parent that starts the ranks. */
  readonly isGlobalZero: boolean
  /** The loaders that were passed to `fit`. Set before `onFitStart`. */
  trainDataloader!: DataLoader
  valDataloaders: readonly DataLoader[] = []
  currentEpoch = 0
  /** Number of completed optimizer steps. */
  globalStep = 0
  /** Set it to true on all ranks to end the training after this batch. */
  shouldStop = false
  /** True while validation batches are tried before the training. */
  sanityChecking = false
  readonly #options: TrainerOptions
  readonly #rank: RankInfo | undefined
  readonly #metrics: Metrics
  #loggers: readonly Logger[] | undefined
  #strategy: Strategy | undefined
  #ring: Ring | undefined
  #send: ReturnType<typeof parentLink>
  #isLaunched = false

  constructor(options: TrainerOptions = {}) {
    checkOptions(options)
    const { devices = 1, maxSteps, maxEpochs = maxSteps === undefined ? 1 : -1 } = options
    const detected = detectRank()
    if (detected && !detected.worldSize)
      throw new Error(`Trainer: ${detected.launcher} does not set the number of ranks; set RANKLOG_WORLD_SIZE`)
    this.#options = options
    this.#rank = detected ?? (devices === 1 ? { rank: 0, worldSize: 1, launcher: 'none' } : undefined)
    this.maxEpochs = maxEpochs
    this.worldSize = this.#rank?.worldSize ?? devices
    this.globalRank = this.#rank?.rank ?? 0
    this.isGlobalZero = this.#rank?.rank === 0
    this.#metrics = new Metrics({ rank: this.globalRank, worldSize: this.worldSize })
  }

  /** The first logger. */
  get logger(): Logger {
    return this.loggers[0] ?? silentLogger
  }

  get loggers(): readonly Logger[] {
    const { logger = () => new PinoLogger(rankLogger()) } = this.#options
    this.#loggers ??= logger === false ? [] : [typeof logger === 'function' ? logger() : logger].flat()
    return this.#loggers
  }

  /** The latest metrics by their names. Another rank than 0 has those that are reduced over the ranks or logged as numbers. */
  get callbackMetrics(): Row {
    return this.#metrics.callback
  }

  /** The latest metrics that the loggers get. */
  get loggedMetrics(): Row {
    return this.#metrics.logged
  }

  /** The latest metrics with `progBar`. */
  get progressBarMetrics(): Row {
    return this.#metrics.progressBar
  }

  /**
   * Trains, if this process is a rank. If no launcher started this process, it becomes the parent: it runs its script again as
   * `devices` ranks, and resolves when all have ended. If a rank fails, it rejects with the number of the rank and its exit code or
   * signal.
   *
   * The code after `fit` runs on every rank and in their parent. In the parent, later calls of `fit`, `validate`, `test` and `predict`
   * do nothing, because the ranks have made them.
   */
  async fit(module: Module, trainDataloader: DataLoader, valDataloaders: DataLoaders = []): Promise<void> {
    await this.#run('fit', module, async (context) => {
      Object.assign(this, { trainDataloader, valDataloaders: [valDataloaders].flat(), shouldStop: false })
      await new FitLoop(context, (progress) => this.#report(progress)).run()
    })
  }

  /** Runs the validation alone. Returns the metrics of each loader; in the parent of the ranks, none. */
  async validate(module: Module, dataloaders: DataLoaders): Promise<Row[]> {
    return (await this.#evaluate('validate', module, dataloaders))?.rows ?? []
  }

  /** Tests the module. Returns the metrics of each loader; in the parent of the ranks, none. */
  async test(module: Module, dataloaders: DataLoaders): Promise<Row[]> {
    return (await this.#evaluate('test', module, dataloaders))?.rows ?? []
  }

  /** Returns what `predictStep` returned, for each loader and batch of this rank; in the parent of the ranks, nothing. */
  async predict(module: Module, dataloaders: DataLoaders): Promise<unknown[][]> {
    return (await this.#evaluate('predict', module, dataloaders))?.loop.predictions ?? []
  }

  /**
   * Logs a metric by the rules of Lightning; see {@link LogOptions}. Without `syncDist` it never waits for other ranks.
   *
   * @throws {Error} if the hook or the options are not allowed, or the value is not one number
   */
  log(name: string, value: Loggable, options?: LogOptions): void {
    this.#metrics.log(name, value, options)
  }

  /** Sums numbers over all ranks, in float32. Every rank must call it, so do not call it inside `if (trainer.isGlobalZero)`. */
  async sum(...values: number[]): Promise<number[]> {
    const sums = Float32Array.from(values)
    await this.#ring?.sum(sums)
    return [...sums]
  }

  /** Logs a warning on rank 0, and writes it to stderr. */
  warn(message: string, fields: object = {}): void {
    if (!this.isGlobalZero) return
    this.logger.experiment.warn(fields, message)
    process.stderr.write(`${message}\n`)
  }

  /** Draws the progress, or lets the parent draw it. */
  #report(progress: Progress): void {
    if (this.#send) void this.#send({ ddp: 'progress', progress })
    else drawProgress(progress, this.#options.progressBar ?? (process.stderr.isTTY ? 'bar' : 'lines'))
  }

  async #evaluate(task: 'validate' | 'test' | 'predict', module: Module, dataloaders: DataLoaders) {
    const evaluation = task === 'validate' ? 'validation' : task
    if (!module[`${evaluation}Step`])
      throw new Error(`Trainer: ${task} needs a module with the method ${evaluation}Step`)
    return this.#run(task, module, async (context) => {
      const loop = new EvaluationLoop(context, evaluation, [dataloaders].flat())
      return { loop, rows: await loop.run({ step: this.globalStep }) }
    })
  }

  /** Runs a task on this rank, between `setup` and `teardown`. In the parent, it starts the ranks and returns undefined. */
  async #run<T>(task: Task, module: Module, run: (context: LoopContext) => Promise<T>): Promise<T | undefined> {
    const { callbacks = [] } = this.#options
    if (!this.#rank) {
      if (!this.#isLaunched) await launch(this.worldSize, (progress) => this.#report(progress))
      this.#isLaunched = true
      return undefined
    }
    module.trainer = this
    this.#send ??= parentLink()
    try {
      const context = await this.#prepare(module, this.#rank)
      const { hooks, strategy, ring } = context
      await hooks.call('setup', task)
      await hooks.run('configureOptimizers', () => strategy.setup(module, ring, task === 'fit'))
      const result = await run(context)
      await ring.gather(new Uint8Array(), { what: `ends ${task}` })
      await hooks.call('teardown', task)
      ring.keepAlive(false)
      return result
    } catch (error) {
      for (const callback of callbacks) await callback.onException?.(this, module, error)
      await this.#send?.({ ddp: 'failed', message: String(error), isConsequence: error instanceof NeighbourLost })
      this.#ring?.close()
      throw error
    }
  }

  async #prepare(module: Module, rank: RankInfo): Promise<LoopContext> {
    const { callbacks = [], syncTimeoutMs = 600_000 } = this.#options
    this.#strategy ??= await createStrategy(this, this.#options)
    this.#ring ??= await Ring.join(this.worldSize > 1 ? await ringDirectory(rank) : '', rank.rank, this.worldSize)
    this.#ring.keepAlive(true)
    this.#metrics.clear()
    this.#metrics.connect(this.#ring, syncTimeoutMs)
    const hooks = new Hooks(this, module, callbacks, this.#metrics)
    const [metrics, strategy, ring, options] = [this.#metrics, this.#strategy, this.#ring, this.#options]
    return { trainer: this, module, hooks, metrics, strategy, ring, options }
  }
}
