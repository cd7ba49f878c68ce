import * as tf from '@tensorflow/tfjs'
import type { GradientClip } from '../trainer/strategy.ts'

/** Returns the gradients of the parameters. Disposes of the others, which are those of other variables. */
export function gradientsOf(parameters: readonly tf.Variable[], gradients: tf.NamedTensorMap): tf.NamedTensorMap {
  const own: tf.NamedTensorMap = {}
  for (const { name } of parameters) {
    if (gradients[name]) own[name] = gradients[name] // null if the parameter is not trainable
    delete gradients[name]
  }
  tf.dispose(gradients)
  return own
}

/** Adds the gradients of two batches, and disposes of both. A parameter may have a gradient in only one of them. */
export function addGradients(one: tf.NamedTensorMap, other: tf.NamedTensorMap): tf.NamedTensorMap {
  const sums = { ...other, ...one }
  for (const name of Object.keys(sums)) {
    const [first, second] = [one[name], other[name]]
    if (!first || !second) continue
    sums[name] = tf.add(first, second)
    tf.dispose([first, second])
  }
  return sums
}

/**
 * Returns what an optimizer is given: the parameters in their order, because optimizers of TensorFlow.js keep their
 * state by the position. A trainable parameter on which the loss does not depend has zeros. One that is not trainable
 * has null, so that its position is skipped.
 */
export function optimizerGradients(
  parameters: readonly tf.Variable[],
  gradients: tf.NamedTensorMap,
): tf.NamedTensorMap {
  const complete = parameters.map((parameter) => {
    const { name, trainable } = parameter
    return [name, trainable ? (gradients[name] ?? tf.zerosLike(parameter)) : null]
  })
  return Object.fromEntries(complete)
}

/** Returns new gradients within the limit. */
export function clipGradients(gradients: tf.NamedTensorMap, { maxValue, algorithm }: GradientClip): tf.NamedTensorMap {
  if (algorithm === 'value') return mapTensors(gradients, (gradient) => tf.clipByValue(gradient, -maxValue, maxValue))
  const factor = tf.tidy(() => {
    const squares = Object.values(gradients).map((gradient) => tf.sum(tf.square(gradient)))
    return tf.minimum(1, tf.div(maxValue, tf.add(tf.sqrt(tf.addN(squares)), 1e-6)))
  })
  const clipped = mapTensors(gradients, (gradient) => tf.mul(gradient, factor))
  factor.dispose()
  return clipped
}

/** Returns new gradients that are divided by `count`, and disposes of the given ones. */
export function divideGradients(gradients: tf.NamedTensorMap, count: number): tf.NamedTensorMap {
  const means = mapTensors(gradients, (gradient) => tf.div(gradient, count))
  tf.dispose(gradients)
  return means
}

function mapTensors(tensors: tf.NamedTensorMap, change: (tensor: tf.Tensor) => tf.Tensor): tf.NamedTensorMap {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, change(tensor)]))
}
