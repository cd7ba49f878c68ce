import { rankLogger } from 'pino-rank'
import { Interrupt } from '../checkpoints/interrupt.ts'
import { filesOf, setFiles } from '../checkpoints/model-checkpoint.ts'
import { saveCheckpoint } from '../checkpoints/save-checkpoint.ts'
import type { DataLoader, DataLoaders } from '../data/data-loader.ts'
import { mixSeeds, RandomGenerator } from '../data/random.ts'
import type { LogOptions } from '../metrics/log-options.ts'
import { type Loggable, Metrics, type Row } from '../metrics/metrics.ts'
import { openProgressDisplay, type ProgressDisplay } from '../progress/progress-display.ts'
import { ProgressReport } from '../progress/progress-report.ts'
import { Job } from '../ranks/job.ts'
import type { Task } from './callback.ts'
import { createParentStrategy, createStrategy } from './create-strategy.ts'
import { EvaluationLoop } from './evaluation-loop.ts'
import { FitLoop } from './fit-loop.ts'
import { Hooks } from './hooks.ts'
import { logMessage } from './log-message.ts'
import type { LoopContext, Output } from './loop-context.ts'
import type { Module } from './module.ts'
import { type Logger, PinoLogger, silentLogger } from './pino-logger.ts'
import { runTask } from './run-task.ts'
import type { Strategy } from './strategy.ts'
import { checkOptions, checkTask, type TaskOptions, type TrainerOptions } from './trainer-options.ts'
import { TrainerState } from './trainer-state.ts'

/** Trains a module on `devices` ranks. The parameters of all ranks stay bit-identical. */
export class Trainer extends TrainerState {
  readonly maxEpochs: number
  readonly worldSize: number
  /** -1 in the parent that starts the ranks, as `get_rank()` of torch.distributed returns in a process that is not in the group. */
  readonly globalRank: number
  /** True only on rank 0. False in the parent. */
  readonly isGlobalZero: boolean
  readonly #options: TrainerOptions
  readonly #job: Job
  readonly #metrics: Metrics
  #loggers: readonly Logger[] | undefined
  #display!: ProgressDisplay
  #strategy: Strategy | undefined
  #context: LoopContext | undefined
  readonly #random: RandomGenerator

  constructor(options: TrainerOptions = {}) {
    super()
    checkOptions(options)
    const { accelerator = 'auto', devices = 1, numNodes, saveTimeoutMs } = options
    const { maxSteps, maxEpochs = maxSteps === undefined ? 1 : -1 } = options
    const usesGpus = accelerator === 'auto' || accelerator === 'gpu'
    this.#options = options
    this.#job = new Job({ devices, numNodes, usesGpus, saveTimeoutMs })
    this.maxEpochs = maxEpochs
    this.worldSize = this.#job.worldSize
    this.globalRank = this.#job.rank ?? -1
    this.isGlobalZero = this.#job.rank === 0
    this.#random = new RandomGenerator(mixSeeds(options.seed ?? 0, this.globalRank))
    this.#metrics = new Metrics({ rank: this.globalRank, worldSize: this.worldSize })
  }

  get logger(): Logger {
    return this.loggers[0] ?? silentLogger
  }

  get loggers(): readonly Logger[] {
    const { logger = () => new PinoLogger(rankLogger()) } = this.#options
    this.#loggers ??= logger === false ? [] : [typeof logger === 'function' ? logger() : logger].flat()
    return this.#loggers
  }

  /** The latest metrics by their names. On ranks other than 0: only metrics that are reduced over the ranks or logged as numbers. */
  get callbackMetrics(): Row {
    return this.#metrics.views.callback
  }

  /** The latest metrics that the loggers get. */
  get loggedMetrics(): Row {
    return this.#metrics.views.logged
  }

  /** The latest metrics with `progBar`. */
  get progressBarMetrics(): Row {
    return this.#metrics.views.progressBar
  }

  /**
   * Trains, if this process is a rank. If no launcher started this process, it becomes the parent: it runs its script again as
   * `devices` ranks, and resolves when all have ended. If a rank fails, it rejects with the number of the rank and its exit code or
   * signal.
   *
   * The code after `fit` runs on every rank and in their parent. The parent must make the same calls of `fit`, `validate`, `test` and
   * `predict` as the ranks. It runs none of them. After each it has what rank 0 had after the same call: the parameters of the module
   * (after `fit`), the metrics, `currentEpoch` and `globalStep`. `isGlobalZero` is false there, so `if (trainer.isGlobalZero)` saves
   * once.
   *
   * @throws {Error} in the parent, if rank 0 made another call, or if the module has other parameters than on rank 0
   */
  async fit(module: Module, train: DataLoader, val: DataLoaders = [], options: TaskOptions = {}): Promise<void> {
    const ckptPath = checkTask('fit', [train, val].flat(), options)
    Object.assign(this, { ckptPath, trainDataloader: train, valDataloaders: [val].flat(), shouldStop: false })
    await this.#run('fit', module, async (context) => {
      await new FitLoop(context).run()
      return { rows: [], predictions: [] }
    })
  }

  /** Runs the validation alone. Returns the metrics of each loader; in the parent of the ranks, those that rank 0 returned. */
  async validate(module: Module, dataloaders: DataLoaders, options?: TaskOptions): Promise<Row[]> {
    return (await this.#evaluate('validate', module, dataloaders, options)).rows
  }

  /** Tests the module. Returns the metrics of each loader; in the parent of the ranks, those that rank 0 returned. */
  async test(module: Module, dataloaders: DataLoaders, options?: TaskOptions): Promise<Row[]> {
    return (await this.#evaluate('test', module, dataloaders, options)).rows
  }

  /**
   * Returns what `predictStep` returned, for each loader and batch of this rank. In the parent of the ranks it returns an empty array,
   * because each rank has only the predictions for its own samples, which may be tensors.
   */
  async predict(module: Module, dataloaders: DataLoaders, options?: TaskOptions): Promise<unknown[][]> {
    return (await this.#evaluate('predict', module, dataloaders, options)).predictions
  }

  /**
   * Saves a checkpoint to one or several paths. Every rank must call it, in a hook or after a task. Rank 0 writes the files, and the
   * others do not wait for them.
   *
   * @throws {Error} on rank 0, if the file cannot be written; an earlier file is then unchanged. In the parent, which has no optimizer
   */
  async saveCheckpoint(...paths: string[]): Promise<void> {
    await saveCheckpoint(this.#context, paths)
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
    return this.#job.sum(values)
  }

  /** Returns the value of rank 0, which must be structured-cloneable. Every rank must call it. */
  async broadcast<T>(value: T): Promise<T> {
    return this.#job.broadcast(value)
  }

  /** Returns a random number in [0, 1). Each rank has its own sequence, by `seed`. Checkpoints save its state, and a fit restores it. */
  random(): number {
    return this.#random.next()
  }

  /** The learning rate of the optimizer, in a fit. Set it on all ranks. */
  get learningRate(): number {
    return this.#strategy?.learningRate ?? Number.NaN
  }

  set learningRate(rate: number) {
    if (this.#strategy) this.#strategy.learningRate = rate
  }

  /** Logs a message to every logger, on rank 0. */
  info(message: string, fields: object = {}): void {
    logMessage(this, 'info', message, fields)
  }

  /** Logs a warning to every logger, and writes it to stderr, on rank 0. */
  warn(message: string, fields: object = {}): void {
    logMessage(this, 'warn', message, fields)
  }

  async #evaluate(task: Exclude<Task, 'fit'>, module: Module, data: DataLoaders, options?: TaskOptions) {
    this.ckptPath = checkTask(task, [data].flat(), options)
    const evaluation = task === 'validate' ? 'validation' : task
    if (!module[`${evaluation}Step`])
      throw new Error(`Trainer: ${task} needs a module with the method ${evaluation}Step`)
    return this.#run(task, module, async (context) => {
      const loop = new EvaluationLoop(context, evaluation, [data].flat())
      return { rows: await loop.run({ step: this.globalStep }), predictions: loop.predictions }
    })
  }

  /** Runs a task, and shows its progress unless another process does. In the parent, see {@link Trainer.fit}. */
  async #run(task: Task, module: Module, run: (context: LoopContext) => Promise<Output>): Promise<Output> {
    this.#display = await openProgressDisplay(this.#job.showsProgress ? this.#options.progressBar : 'none')
    module.trainer = this
    this.task = task
    try {
      if (this.#job.rank === undefined) return await this.#runInParent(task, module)
      return await this.#runOnRank(task, module, run)
    } finally {
      this.#display.close()
    }
  }

  /** Runs a task on this rank, between `setup` and `teardown`. */
  async #runOnRank(task: Task, module: Module, run: (context: LoopContext) => Promise<Output>): Promise<Output> {
    try {
      const context = await this.#prepare(module)
      const output = await runTask(context, task, run)
      await this.#job.barrier(`ends ${task}`)
      const { currentEpoch, globalStep } = this
      const checkpoints = filesOf(this.#options)
      await this.#job.sendResult(
        { task, rows: output.rows, currentEpoch, globalStep, metrics: this.#metrics.views, checkpoints },
        task === 'fit' ? context.strategy.readParameters?.(module) : undefined,
      )
      return output
    } catch (error) {
      for (const callback of this.#options.callbacks ?? []) await callback.onException?.(this, module, error)
      await this.#job.fail(error)
      throw error
    }
  }

  /** Waits for the ranks. Sets this trainer and the module to the state of rank 0 after the same call. */
  async #runInParent(task: Task, module: Module): Promise<Output> {
    const result = await this.#job.resultOfRankZero(task, this.#display)
    const { rows, parameters, metrics, currentEpoch, globalStep } = result
    setFiles(this.#options, result.checkpoints)
    if (task === 'fit') await (await createParentStrategy(this.#options)).writeParameters?.(module, parameters)
    this.#metrics.views = metrics
    Object.assign(this, { currentEpoch, globalStep })
    return { rows, predictions: [] }
  }

  async #prepare(module: Module): Promise<LoopContext> {
    const { callbacks = [], syncTimeoutMs, hangTimeoutMs } = this.#options
    const collectives = await this.#job.join({
      ...(syncTimeoutMs !== undefined && { timeoutMs: syncTimeoutMs }),
      ...(hangTimeoutMs !== undefined && { hangTimeoutMs }),
    })
    this.#strategy ??= await createStrategy(this, this.#options)
    this.#metrics.clear()
    this.#metrics.connect(collectives)
    const hooks = new Hooks(this, module, callbacks, this.#metrics)
    const [metrics, strategy, options] = [this.#metrics, this.#strategy, this.#options]
    const progress = new ProgressReport(this, (progress) => {
      if (!this.#job.report(progress)) this.#display.show(progress) // without a parent this process shows it
    })
    const interrupt = new Interrupt(() => this.#context as LoopContext, collectives)
    const common = { trainer: this, module, hooks, metrics, strategy, collectives, progress, options }
    this.#context = { ...common, interrupt, random: this.#random }
    return this.#context
  }
}
