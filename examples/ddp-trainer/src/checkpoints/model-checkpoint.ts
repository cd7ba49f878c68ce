import { join } from 'node:path'
import { Callback } from '../trainer/callback.ts'
import type { Module } from '../trainer/module.ts'
import type { Trainer } from '../trainer/trainer.ts'

export interface ModelCheckpointOptions {
  /** Folder of the file `last.ckpt`, or a function that returns it and is called on each rank. Rank 0 creates the folder. */
  folder: string | (() => string)
  /** Number of epochs between two checkpoints. @default 1 */
  everyNEpochs?: number
}

/**
 * Saves a checkpoint `last.ckpt` at the end of every n-th epoch, after its validation. As in Lightning, its `onTrainEpochEnd` runs after
 * those of the other callbacks and of the module. Each checkpoint replaces the one before.
 */
export class ModelCheckpoint extends Callback {
  /** Path of the last checkpoint of this run. Other ranks than 0 have it too, but do not wait for the file. */
  lastModelPath: string | undefined
  readonly #folder: string | (() => string)
  readonly #everyNEpochs: number

  /** @throws {RangeError} if `everyNEpochs` is not a whole number above 0 */
  constructor({ folder, everyNEpochs = 1 }: ModelCheckpointOptions) {
    super()
    if (!(Number.isInteger(everyNEpochs) && everyNEpochs > 0))
      throw new RangeError(`ModelCheckpoint: everyNEpochs must be a whole number >= 1, not ${everyNEpochs}`)
    this.#folder = folder
    this.#everyNEpochs = everyNEpochs
  }

  override async onTrainEpochEnd(trainer: Trainer, _module: Module): Promise<void> {
    if ((trainer.currentEpoch + 1) % this.#everyNEpochs !== 0) return
    const folder = typeof this.#folder === 'function' ? this.#folder() : this.#folder
    const path = join(folder, 'last.ckpt')
    await trainer.saveCheckpoint(path)
    this.lastModelPath = path
  }
}
