import * as tf from '@tensorflow/tfjs'
import type { ParameterValues } from '../trainer/strategy.ts'

/** The state of a TensorFlow.js optimizer. */
export interface OptimizerState {
  /** The class of the optimizer, such as 'Adam'. */
  className: string
  learningRate: number
  /** What `getWeights` returns: the number of steps, then for example the momentum of each parameter. */
  weights: ParameterValues[]
  /**
   * The variables in the fields of the optimizer. Adam's powers of its betas are not among the weights: `setWeights` computes them anew,
   * and rounds them differently.
   */
  fields: Record<string, ParameterValues>
}

/** @throws {Error} if TensorFlow.js cannot save an optimizer of this class */
export async function readOptimizerState(optimizer: tf.Optimizer, learningRate: number): Promise<OptimizerState> {
  const weights = await weightsOf(optimizer)
  const state: OptimizerState = { className: optimizer.getClassName(), learningRate, weights: [], fields: {} }
  for (const { tensor } of weights) state.weights.push(await valuesOf(tensor))
  for (const [name, variable] of variableFields(optimizer)) state.fields[name] = await valuesOf(variable)
  weights[0]?.tensor.dispose() // getWeights creates this tensor; the others are variables of the optimizer
  return state
}

/** Restores all but the learning rate. @throws {Error} if the state is that of another class; the optimizer is not changed then */
export async function writeOptimizerState(optimizer: tf.Optimizer, state: OptimizerState): Promise<void> {
  const className = optimizer.getClassName()
  if (state.className !== className)
    throw new Error(`it is ${state.className}, but configureOptimizers returned ${className}`)
  const before = await weightsOf(optimizer)
  const weights = state.weights.map((values, index) => ({ name: `${index}`, tensor: tensorOf(values) }))
  await optimizer.setWeights(weights)
  tf.dispose([...before, ...weights].map(({ tensor }) => tensor)) // setWeights has made variables of its own
  for (const [name, variable] of variableFields(optimizer)) {
    const value = tensorOf(state.fields[name] as ParameterValues)
    variable.assign(value)
    value.dispose()
  }
}

async function weightsOf(optimizer: tf.Optimizer): ReturnType<tf.Optimizer['getWeights']> {
  try {
    return await optimizer.getWeights()
  } catch (error) {
    const { message } = error as Error
    throw new Error(`Trainer: a checkpoint needs an optimizer with getWeights and setWeights: ${message}`, {
      cause: error,
    })
  }
}

function variableFields(optimizer: tf.Optimizer): [name: string, variable: tf.Variable][] {
  return Object.entries(optimizer).filter(([, field]) => field instanceof tf.Variable)
}

async function valuesOf(tensor: tf.Tensor): Promise<ParameterValues> {
  return { shape: tensor.shape, values: await tensor.data() }
}

function tensorOf({ values, shape }: ParameterValues): tf.Tensor {
  return tf.tensor(values, shape)
}
