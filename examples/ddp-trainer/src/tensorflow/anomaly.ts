import type * as tf from '@tensorflow/tfjs'

const fix = 'Look for such values in the batch, or use a smaller learning rate or gradientClipVal'

/** Reads the loss and all gradients. Returns the error for the first value that is not finite. */
export function findAnomaly(
  loss: tf.Tensor,
  gradients: tf.NamedTensorMap,
  { parameters, rank, step }: { parameters: readonly tf.Variable[]; rank: number; step: number },
): Error | undefined {
  const error = (what: string) => new Error(`Trainer: ${what} on rank ${rank} at step ${step}. ${fix}`)
  const [value] = loss.dataSync()
  if (!Number.isFinite(value)) return error(`the loss is ${value}`)
  for (const [index, { name, shape }] of parameters.entries()) {
    const values = gradients[name]?.dataSync() ?? []
    const wrong = values.filter((value) => !Number.isFinite(value))
    if (wrong.length === 0) continue
    const parameter = `parameter ${index} ('${name}' of shape [${shape}])`
    return error(`the gradient of ${parameter} is ${wrong[0]} in ${wrong.length} of ${values.length} numbers`)
  }
  return undefined
}
