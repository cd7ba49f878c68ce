import { selectOwnGpu, sharedGpus } from '../ranks/gpus.ts'
import type { Strategy } from './strategy.ts'
import type { Trainer } from './trainer.ts'
import type { TrainerOptions } from './trainer-options.ts'

/**
 * Returns the user's strategy, or loads TensorFlow.js and returns that for `'ddp'`. Rank 0 then logs the backend, and why each
 * faster one was not chosen.
 */
export async function createStrategy(
  trainer: Trainer,
  { strategy = 'ddp', accelerator = 'auto', ...options }: TrainerOptions,
): Promise<Strategy> {
  if (typeof strategy !== 'string') return strategy
  if (accelerator === 'auto' || accelerator === 'gpu') selectOwnGpu()
  const { chooseBackend } = await import('../tensorflow/backend.ts')
  const { backendMessages } = await import('../tensorflow/backend-messages.ts')
  const { DdpStrategy } = await import('../tensorflow/ddp-strategy.ts')
  const backend = await chooseBackend(accelerator)
  const { info, warnings } = backendMessages(backend, accelerator, sharedGpus())
  for (const warning of warnings) trainer.warn(warning, { backend })
  if (info) trainer.info(info, { backend })
  return new DdpStrategy(options)
}

/** Returns the strategy in the parent, which only copies parameters there. TensorFlow.js keeps its default backend. */
export async function createParentStrategy({ strategy = 'ddp' }: TrainerOptions): Promise<Strategy> {
  if (typeof strategy !== 'string') return strategy
  const { configureTensorFlow } = await import('../tensorflow/backend.ts')
  const { DdpStrategy } = await import('../tensorflow/ddp-strategy.ts')
  configureTensorFlow()
  return new DdpStrategy()
}
