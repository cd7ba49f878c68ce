import { existsSync, rmSync, statSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { Callback } from '../trainer/callback.ts'
import type { LoopContext } from '../trainer/loop-context.ts'
import type { Module } from '../trainer/module.ts'
import type { Trainer } from '../trainer/trainer.ts'
import type { TrainerOptions } from '../trainer/trainer-options.ts'
import { addFile, isAmongBest, keepExisting, noFiles, type SavedFiles } from './best-files.ts'
import type { Checkpoint } from './checkpoint-file.ts'
import { checkpointName } from './checkpoint-name.ts'
import { type ModelCheckpointOptions, type ModelCheckpointSettings, readOptions } from './model-checkpoint-options.ts'

/** When a fit offers to save: after an optimizer step, a validation or an epoch. All their rows are written then. */
export type SaveMoment = 'step' | 'validation' | 'epoch'

/** What one save writes and removes. Rank 0 decides it. */
interface SavePlan {
  files: SavedFiles
  write: string[]
}

/**
 * Saves checkpoints as Lightning's ModelCheckpoint does: the best ones by a metric, and the latest one as `last.ckpt`. It saves after
 * all other callbacks and the module. A file that is no longer among the best is removed when the new ones are complete.
 */
export class ModelCheckpoint extends Callback {
  readonly #settings: ModelCheckpointSettings
  #files: SavedFiles = noFiles
  #hasValidated = false
  #hasWarned = false

  /** @throws {RangeError} if an option has a wrong value, or if two options exclude each other */
  constructor(options: ModelCheckpointOptions) {
    super()
    this.#settings = readOptions(options)
  }

  /** What was saved. The trainer sets it in the parent of the ranks. */
  get files(): SavedFiles {
    return this.#files
  }

  set files(files: SavedFiles) {
    this.#files = files
  }

  /** Path of the checkpoint with the best score; without `monitor`, of the latest one that `saveTopK` keeps. */
  get bestModelPath(): string | undefined {
    return this.#files.bestModelPath
  }

  /** The best value of the metric. Undefined without `monitor`. */
  get bestModelScore(): number | undefined {
    return this.#settings.monitor === undefined ? undefined : this.#files.bestModelScore
  }

  /** The best checkpoints and their scores. */
  get bestKModels(): Readonly<Record<string, number>> {
    return this.#files.bestKModels
  }

  /** Path of the worst of the best checkpoints. */
  get kthBestModelPath(): string | undefined {
    return this.#files.kthBestModelPath
  }

  /** Path of the latest `last.ckpt`. */
  get lastModelPath(): string | undefined {
    return this.#files.lastModelPath
  }

  /** Where `last.ckpt` is, or will be. */
  get lastPath(): string {
    const { folder } = this.#settings
    return join(typeof folder === 'function' ? folder() : folder, 'last.ckpt')
  }

  override onFitStart(trainer: Trainer, _module: Module): void {
    this.#hasValidated = false
    if (trainer.ckptPath === undefined) this.#files = { ...this.#files, lastStep: undefined }
  }

  override onValidationEnd(trainer: Trainer, _module: Module): void {
    this.#hasValidated ||= !trainer.sanityChecking
  }

  override onSaveCheckpoint(_trainer: Trainer, _module: Module, checkpoint: Checkpoint): void {
    checkpoint[this.#key] = this.#files
  }

  override async onLoadCheckpoint(trainer: Trainer, _module: Module, checkpoint: Checkpoint): Promise<void> {
    const saved = checkpoint[this.#key] as SavedFiles | undefined
    if (trainer.task !== 'fit' || !saved) return
    this.#files = await trainer.broadcast(trainer.isGlobalZero ? this.#restore(trainer, saved) : saved)
  }

  /** Called by the loop of a fit, on every rank. Saves if the options say so. */
  async saveIfDue(context: LoopContext, moment: SaveMoment): Promise<void> {
    const { globalStep } = context.trainer
    if (this.#files.lastStep !== globalStep && this.#isDue(context, moment))
      await this.#save(context, () => this.#plan(context))
  }

  /** Saves `last.ckpt`, also if `saveLast` is false. Every rank calls it. Returns the path. */
  async saveLast(context: LoopContext): Promise<string> {
    await this.#save(context, () => {
      const path = this.lastPath
      return { files: { ...this.#files, lastModelPath: path }, write: [path] }
    })
    return this.#files.lastModelPath as string
  }

  #isDue({ trainer, module, options }: LoopContext, moment: SaveMoment): boolean {
    const { monitor, everyNEpochs, everyNTrainSteps } = this.#settings
    if (everyNTrainSteps !== undefined) return moment === 'step' && trainer.globalStep % everyNTrainSteps === 0
    if (moment === 'step' || (trainer.currentEpoch + 1) % everyNEpochs !== 0) return false
    const { valCheckInterval, checkValEveryNEpoch = 1 } = options
    const isWithEpoch = !hasValidation(trainer, module) || (valCheckInterval === undefined && checkValEveryNEpoch === 1)
    const { saveOnTrainEpochEnd = monitor === undefined || isWithEpoch } = this.#settings
    return moment === (saveOnTrainEpochEnd ? 'epoch' : 'validation')
  }

  /** @param plan called on rank 0 */
  async #save({ trainer }: LoopContext, plan: () => SavePlan): Promise<void> {
    const before = this.#files
    const { files, write } = (await trainer.broadcast(trainer.isGlobalZero ? plan() : undefined)) as SavePlan
    this.#files = files // the checkpoint contains it
    try {
      if (write.length > 0) await trainer.saveCheckpoint(...write)
    } catch (error) {
      this.#files = before
      throw error
    }
    if (trainer.isGlobalZero) for (const path of files.toRemove) await rm(path, { force: true })
    this.#files = { ...files, toRemove: [] }
  }

  #plan({ trainer, module, options }: LoopContext): SavePlan {
    const { saveLast } = this.#settings
    const others = this.#filesOfOthers(options)
    const before = this.#files
    const score = this.#score(trainer, module)
    const isBest = isAmongBest(before, score, this.#settings)
    const path = isBest ? this.#newPath(trainer, others) : undefined
    const files = path === undefined ? before : addFile(before, { path, score }, this.#settings)
    const last = saveLast ? this.lastPath : undefined
    const isRemoved = (old: string) =>
      !(old in files.bestKModels) && !others.has(resolve(old)) && this.#mayRemove(old, trainer)
    const toRemove = Object.keys(before.bestKModels).filter(isRemoved)
    return {
      files: { ...files, lastModelPath: last ?? files.lastModelPath, lastStep: trainer.globalStep, toRemove },
      write: [path, last].filter((one) => one !== undefined),
    }
  }

  /** Returns the value of the metric; without `monitor`, the step. NaN if no validation has run that could have logged it. */
  #score(trainer: Trainer, module: Module): number {
    const { monitor } = this.#settings
    if (monitor === undefined) return trainer.globalStep
    const metrics = trainer.callbackMetrics
    const value = metrics[monitor]
    if (value !== undefined) return value
    const known = Object.keys(metrics).join(', ') || 'none'
    const text = `ModelCheckpoint: there is no metric '${monitor}' to monitor; there are: ${known}`
    if (this.#hasValidated || !hasValidation(trainer, module)) throw new Error(text)
    if (!this.#hasWarned) trainer.warn(`${text}. No validation has run yet, so only last.ckpt is saved`)
    this.#hasWarned = true
    return Number.NaN
  }

  /** Returns the best files of the other `ModelCheckpoint` callbacks, as absolute paths. */
  #filesOfOthers({ callbacks = [] }: TrainerOptions): Set<string> {
    const others = callbacks.filter((callback) => callback instanceof ModelCheckpoint && callback !== this)
    return new Set(
      filesOf({ callbacks: others }).flatMap(({ bestKModels }) =>
        Object.keys(bestKModels).map((path) => resolve(path)),
      ),
    )
  }

  /** Returns the path of a new file: not that of a kept one, unless the new file replaces it. */
  #newPath(trainer: Trainer, others: ReadonlySet<string>): string {
    const { filename, autoInsertMetricName = true, saveTopK } = this.#settings
    const values = { ...trainer.callbackMetrics, epoch: trainer.currentEpoch, step: trainer.globalStep }
    const name = join(dirname(this.lastPath), checkpointName(filename, values, { autoInsertMetricName }))
    const { bestKModels, kthBestModelPath } = this.#files
    const isReplaced = Object.keys(bestKModels).length === saveTopK
    const isKept = (path: string) =>
      others.has(resolve(path)) || (path in bestKModels && !(isReplaced && path === kthBestModelPath))
    let path = `${name}.ckpt`
    for (let version = 1; isKept(path); version++) path = `${name}-v${version}.ckpt`
    return path
  }

  /** Removes what a fit that was killed had no time to remove after it had written the checkpoint. Returns the files that exist. */
  #restore(trainer: Trainer, saved: SavedFiles): SavedFiles {
    const { mtimeMs: savedAt } = statSync(trainer.ckptPath as string)
    for (const path of saved.toRemove ?? []) {
      const stat = statSync(path, { throwIfNoEntry: false })
      const isOlder = stat !== undefined && stat.mtimeMs <= savedAt // a newer file is that of another fit
      if (isOlder && this.#mayRemove(path, trainer)) rmSync(path, { force: true })
    }
    return { ...keepExisting(saved, existsSync, this.#settings), toRemove: [] }
  }

  /** A file in another folder, and the one from which the fit continues, are not ours to remove. */
  #mayRemove(path: string, { ckptPath }: Trainer): boolean {
    const isOurs = resolve(dirname(path)) === resolve(dirname(this.lastPath))
    return isOurs && (ckptPath === undefined || resolve(ckptPath) !== resolve(path))
  }

  /** The field of a checkpoint. As in Lightning, a callback with other options has another one. */
  get #key(): string {
    const { monitor, mode, everyNEpochs, everyNTrainSteps } = this.#settings
    return `ModelCheckpoint${JSON.stringify({ monitor, mode, everyNEpochs, everyNTrainSteps })}`
  }
}

function hasValidation({ valDataloaders }: Trainer, { validationStep }: Module): boolean {
  return valDataloaders.length > 0 && validationStep !== undefined
}

/** Returns the files of each `ModelCheckpoint`. */
export function filesOf({ callbacks = [] }: TrainerOptions): SavedFiles[] {
  return callbacks.flatMap((callback) => (callback instanceof ModelCheckpoint ? [callback.files] : []))
}

/** Sets the files of each `ModelCheckpoint`, in the parent of the ranks. */
export function setFiles({ callbacks = [] }: TrainerOptions, files: readonly SavedFiles[]): void {
  const own = callbacks.filter((callback) => callback instanceof ModelCheckpoint)
  for (const [index, callback] of own.entries()) callback.files = files[index] ?? callback.files
}
