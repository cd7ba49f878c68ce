import * as tf from '@tensorflow/tfjs'
import type { Batch } from '../data/data-loader.ts'
import type { Collectives } from '../ranks/collectives.ts'
import type { Module } from '../trainer/module.ts'
import type { GradientClip, ParameterSource, ParameterValues, Strategy } from '../trainer/strategy.ts'
import { findAnomaly } from './anomaly.ts'
import { defaultBucketCapMb } from './buckets.ts'
import { addGradients, clipGradients, divideGradients, gradientsOf, optimizerGradients } from './gradients.ts'
import { type OptimizerState, readOptimizerState, writeOptimizerState } from './optimizer-state.ts'
import { Replica } from './replica.ts'

const rankZero: ParameterSource = {
  here: 'in the parent',
  there: 'on rank 0',
  fix: 'create all layers in the constructor of the module, because the parent runs no hooks',
}

/** Maximum number of variables that a warning lists. */
const maxNames = 4

const howToFind =
  'Private fields (#a) and tf.layers are not found: use public fields, or override parameters() of the module'

export interface DdpOptions {
  /** False does not average the gradients over the ranks. @default true */
  syncGradients?: boolean
  /** Size of a bucket of gradients, in MiB. @default 25 */
  bucketCapMb?: number
  /** True throws an error if a loss or a gradient is not finite. @default false */
  detectAnomaly?: boolean
}

/** Data-parallel training on TensorFlow.js: each rank has all parameters, and the gradients are averaged over the ranks. */
export class DdpStrategy implements Strategy {
  readonly #syncGradients: boolean
  readonly #bucketCapMb: number
  readonly #detectAnomaly: boolean
  #module: Module | undefined
  /** Number of training steps since `setup`. */
  #steps = 0
  #parameters: tf.Variable[] = []
  #optimizer: tf.Optimizer | undefined
  #replica: Replica | undefined
  #rank = 0
  #worldSize = 1
  #gradients: tf.NamedTensorMap | undefined

  constructor({ syncGradients = true, bucketCapMb = defaultBucketCapMb, detectAnomaly = false }: DdpOptions = {}) {
    this.#syncGradients = syncGradients
    this.#bucketCapMb = bucketCapMb
    this.#detectAnomaly = detectAnomaly
  }

  get learningRate(): number {
    return (this.#optimizer as unknown as { learningRate: number }).learningRate
  }

  set learningRate(rate: number) {
    if (rate === this.learningRate) return
    const optimizer = this.#optimizer as tf.SGDOptimizer
    if ('setLearningRate' in optimizer) optimizer.setLearningRate(rate)
    else Object.assign(optimizer, { learningRate: rate }) // Adam and others have no setter
  }

  async setup(module: Module, collectives: Collectives, isTraining: boolean): Promise<void> {
    if (isTraining) this.#optimizer = module.configureOptimizers()
    tf.dispose(this.#gradients ?? {}) // a fit may end between two optimizer steps
    this.#gradients = undefined
    this.#rank = collectives.rank
    this.#worldSize = collectives.worldSize
    this.#module = module
    this.#steps = 0
    this.#parameters = module.parameters()
    if (isTraining && !this.#parameters.some(({ trainable }) => trainable))
      throw new Error(`Trainer: the module has no trainable parameters. ${howToFind}`)
    this.#replica = new Replica(collectives, this.#parameters, this.#bucketCapMb)
    await this.#replica.broadcast()
    await this.#replica.verify('at the start')
  }

  backward(step: () => unknown): void {
    this.#steps++
    // layers may create their variables in the first step, so the second one looks for others
    const others = this.#steps === 2 ? otherVariables(this.#parameters) : []
    const { value, grads } = tf.variableGrads(() => scalarLoss(step()), [...this.#parameters, ...others])
    this.#warnOfUntrained(others.filter(({ name }) => name in grads))
    const gradients = gradientsOf(this.#parameters, grads)
    if (this.#detectAnomaly) this.#checkFinite(value, gradients)
    value.dispose()
    this.#gradients = this.#gradients ? addGradients(this.#gradients, gradients) : gradients
  }

  async averageGradients(batches: number, what: string): Promise<void> {
    const gradients = this.#gradients ?? {}
    this.#gradients = undefined
    if (this.#syncGradients && this.#worldSize > 1)
      this.#gradients = await this.#replica?.average(gradients, batches * this.#worldSize, what)
    else this.#gradients = batches > 1 ? divideGradients(gradients, batches) : gradients
  }

  optimizerStep(clip?: GradientClip): void {
    const gradients = this.#gradients ?? {}
    const clipped = clip ? clipGradients(gradients, clip) : gradients
    const complete = optimizerGradients(this.#parameters, clipped)
    this.#optimizer?.applyGradients(complete)
    tf.dispose([gradients, clipped, complete])
    this.#gradients = undefined
  }

  evaluate<T>(step: () => T): T {
    return tf.tidy(step as () => tf.TensorContainer) as T
  }

  async verify(moment: string): Promise<void> {
    await this.#replica?.verify(moment)
  }

  dispose(batch: Batch): void {
    tf.dispose(batch)
  }

  async *readParameters(module: Module): AsyncGenerator<ParameterValues> {
    for (const parameter of module.parameters()) yield { shape: parameter.shape, values: await parameter.data() }
  }

  async writeParameters(
    module: Module,
    parameters: readonly ParameterValues[],
    source: ParameterSource = rankZero,
  ): Promise<void> {
    await tf.ready() // the parent has not chosen a backend
    const own = module.parameters()
    checkShapes(own, parameters, source)
    for (const [index, { shape, values }] of parameters.entries()) {
      const value = tf.tensor(values, shape, own[index]?.dtype)
      own[index]?.assign(value)
      value.dispose()
    }
  }

  async readOptimizer(): Promise<OptimizerState | undefined> {
    return this.#optimizer && readOptimizerState(this.#optimizer, this.learningRate)
  }

  async writeOptimizer(state: OptimizerState): Promise<void> {
    await writeOptimizerState(this.#optimizer as tf.Optimizer, state)
    this.learningRate = state.learningRate
  }

  async readGradients(): Promise<(ParameterValues | undefined)[]> {
    const gradients = this.#parameters.map(({ name }) => this.#gradients?.[name])
    return Promise.all(
      gradients.map(async (gradient) => gradient && { shape: gradient.shape, values: await gradient.data() }),
    )
  }

  writeGradients(gradients: readonly (ParameterValues | undefined)[]): void {
    const named = this.#parameters.flatMap(({ name }, index) => {
      const gradient = gradients[index]
      return gradient ? [[name, tf.tensor(gradient.values, gradient.shape)] as const] : []
    })
    this.#gradients = Object.fromEntries(named)
  }

  /** @throws {Error} if the loss or a gradient of this rank is not finite, before it is sent to other ranks */
  #checkFinite(loss: tf.Tensor, gradients: tf.NamedTensorMap): void {
    const step = this.#module?.trainer.globalStep ?? 0
    const error = findAnomaly(loss, gradients, { parameters: this.#parameters, rank: this.#rank, step })
    if (!error) return
    tf.dispose([loss, gradients])
    throw error
  }

  #warnOfUntrained(variables: readonly tf.Variable[]): void {
    if (variables.length === 0) return
    const names = variables.slice(0, maxNames).map(({ name, shape }) => `'${name}' of shape [${shape}]`)
    const more = variables.length > maxNames ? ` and ${variables.length - maxNames} more` : ''
    const list = `${names.join(', ')}${more}`
    this.#module?.trainer.warn(
      'the loss depends on variables that are not trained, because they are not parameters of the module: ' +
        `${list}. ${howToFind}`,
    )
  }
}

/** @throws {Error} if `trainingStep` has returned anything but a scalar */
function scalarLoss(loss: unknown): tf.Scalar {
  if (loss instanceof tf.Tensor && loss.rank === 0) return loss as tf.Scalar
  const [found, fix] =
    loss instanceof Promise
      ? ['a promise', 'remove async']
      : loss instanceof tf.Tensor
        ? [`a tensor of shape [${loss.shape}]`, 'use for example tf.mean']
        : [`${loss}`, 'return the loss']
  throw new Error(`Trainer: trainingStep must return a tensor of shape [], not ${found}; ${fix}`)
}

/** Returns the trainable variables of TensorFlow.js that are not parameters of the module. */
function otherVariables(parameters: readonly tf.Variable[]): tf.Variable[] {
  const own = new Set(parameters)
  return Object.values(tf.engine().registeredVariables).filter((one) => one.trainable && !own.has(one))
}

/** @throws {Error} if the module has more or fewer parameters than the source, or parameters of other shapes */
function checkShapes(
  own: readonly tf.Variable[],
  parameters: readonly ParameterValues[],
  { here, there, fix }: ParameterSource,
): void {
  const [count, expected] = [own.length, parameters.length]
  if (count !== expected)
    throw new Error(`Trainer: the module has ${count} parameters ${here}, but ${expected} ${there}; ${fix}`)
  for (const [index, { shape }] of parameters.entries()) {
    const ownShape = `${own[index]?.shape}`
    if (ownShape !== `${shape}`)
      throw new Error(`Trainer: parameter ${index} is [${ownShape}] ${here}, but [${shape}] ${there}; ${fix}`)
  }
}
