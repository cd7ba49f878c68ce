import { type Batch, DataLoader } from '../data/data-loader.ts'
import { Callback } from '../trainer/callback.ts'
import { Module } from '../trainer/module.ts'
import type { Trainer } from '../trainer/trainer.ts'
import { camelCase, logOptions, type Scenario, type ScenarioLog, type Seen } from './lightning-vectors.ts'
import { Shapes } from './no-tensors.ts'

type Methods = Record<string, (...args: unknown[]) => unknown>

/** Makes the log() calls of a scenario from the module's hooks, and records them. */
export class ScenarioModule extends Module {
  /** The calls: hook, epoch, batch, loader, name, value, batch size, whether it is the sanity check. */
  readonly calls: unknown[][] = []
  readonly #scenario: Scenario

  constructor(scenario: Scenario) {
    super()
    this.#scenario = scenario
    for (const fx of new Set(scenario.logs.map(({ fx }) => fx)))
      (this as unknown as Methods)[camelCase(fx)] = (...args) => this.make(fx, undefined, args)
    const hasValidation = scenario.val.length > 0
    if (hasValidation) this.validationStep ??= () => {}
  }

  override trainingStep(...args: [Batch, number]): never {
    return this.make('training_step', undefined, args) as never
  }

  override configureOptimizers(): never {
    return undefined as never
  }

  /** Makes the calls of one hook, those of the module or those of a callback. */
  make(fx: string, where: 'callback' | undefined, args: readonly unknown[]): void {
    const { logs, stop_at: stop } = this.#scenario
    const isBatch = Array.isArray(args[0])
    const [batch, batchIdx = 0, loader = 0] = (isBatch ? args : []) as [Batch?, number?, number?]
    for (const log of logs.filter((log) => log.fx === fx && log.where === where)) {
      if (log.ranks && !log.ranks.includes(this.trainer.globalRank)) continue
      this.#log(log, where ? undefined : batch, batchIdx, loader)
    }
    if (fx === 'training_step' && stop?.[0] === this.currentEpoch && stop[1] === batchIdx)
      this.trainer.shouldStop = true
  }

  #log(
    { fx, name, value, opts, batch_size_by_rank }: ScenarioLog,
    batch: Batch | undefined,
    batchIdx: number,
    loader: number,
  ) {
    const { globalRank: rank, sanityChecking } = this.trainer
    const { c = 0, r = 0, e = 0, b = 0, d = 0 } = value
    const number = c + r * rank + e * this.currentEpoch + b * batchIdx + d * loader
    const batchSize = batch_size_by_rank?.[rank]?.[batchIdx]
    this.log(name, number, { ...logOptions(opts), ...(batchSize !== undefined && { batchSize }) })
    const size = batchSize ?? batch?.[0].shape[0] ?? null
    this.calls.push([fx, this.currentEpoch, batchIdx, loader, name, number, size, sanityChecking])
  }
}

/** Makes the calls of a scenario that a callback makes, and records the metrics that a callback sees. */
export class ScenarioCallback extends Callback {
  readonly seen: Seen[] = []

  constructor({ logs, seen_by_rank: seen = [] }: Scenario) {
    super()
    const own = logs.filter(({ where }) => where === 'callback').map(({ fx }) => fx)
    for (const fx of new Set([...own, ...seen.flat().map(({ hook }) => hook)]))
      (this as unknown as Methods)[camelCase(fx)] = (trainer, module, ...args) => {
        ;(module as ScenarioModule).make(fx, 'callback', args)
        const [, batchIdx = null] = args as [Batch?, number?]
        if (seen.length > 0)
          this.seen.push({
            hook: fx,
            epoch: (trainer as Trainer).currentEpoch,
            batch_idx: batchIdx,
            ...state(trainer as Trainer),
          })
      }
  }
}

/** Returns the metrics of a trainer under the names of the vectors. */
export function state(trainer: Trainer): Pick<Seen, 'callback' | 'logged' | 'progress_bar' | 'global_step'> {
  const { callbackMetrics: callback, loggedMetrics: logged, progressBarMetrics: progress_bar, globalStep } = trainer
  return { callback, logged, progress_bar, global_step: globalStep }
}

/** Returns a loader that repeats samples, as Lightning's sampler does. */
export function loaderOf({ n, batch_size: batchSize }: { n: number; batch_size: number }): DataLoader {
  return new DataLoader(new Shapes(n), { batchSize, repeatSamples: true })
}
