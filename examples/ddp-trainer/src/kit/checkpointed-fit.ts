import { DataLoader, ModelCheckpoint, type ModelCheckpointOptions, Trainer, type TrainerOptions } from '../index.ts'
import { BareModule } from './bare-module.ts'
import { OneParameter, Shapes } from './no-tensors.ts'
import { quietOptions } from './quiet-options.ts'

/** Two batches. */
export const loader: DataLoader = new DataLoader(new Shapes(2), { batchSize: 1 })

/** A module whose validation in epoch n logs the n-th loss. */
export class Losses extends BareModule {
  readonly #losses: readonly number[]

  constructor(losses: readonly number[]) {
    super()
    this.#losses = losses
  }

  override validationStep(): void {
    this.log('val/loss', this.#losses[this.currentEpoch] ?? 0)
  }
}

/** Runs an epoch of two steps for each loss. */
export async function fit(
  losses: readonly number[],
  options: ModelCheckpointOptions,
  { ckptPath, ...more }: TrainerOptions & { ckptPath?: string } = {},
): Promise<{ checkpoint: ModelCheckpoint; trainer: Trainer; module: Losses }> {
  const checkpoint = new ModelCheckpoint(options)
  const common = { ...quietOptions, maxEpochs: losses.length, strategy: new OneParameter() }
  const trainer = new Trainer({ ...common, callbacks: [checkpoint], ...more })
  const module = new Losses(losses)
  await trainer.fit(module, loader, loader, ckptPath === undefined ? {} : { ckptPath })
  return { checkpoint, trainer, module }
}
