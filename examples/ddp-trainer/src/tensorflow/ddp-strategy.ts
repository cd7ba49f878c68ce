import * as tf from '@tensorflow/tfjs'
import type { Batch } from '../data/data-loader.ts'
import type { Collectives } from '../ranks/collectives.ts'
import type { Module } from '../trainer/module.ts'
import type { GradientClip, ParameterSource, ParameterValues, Strategy } from '../trainer/strategy.ts'
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

/** Data-parallel training on TensorFlow.js: each rank has all parameters, and the gradients are averaged over the ranks. */
export class DdpStrategy implements Strategy {
  readonly #syncGradients: boolean
  #module: Module | undefined
  /** Number of training steps since `setup`. */
  #steps = 0
  #parameters: tf.Variable[] = []
  #optimizer: tf.Optimizer | undefined
  #replica: Replica | undefined
  #worldSize = 1
  #gradients: tf.NamedTensorMap | undefined

  constructor({ syncGradients }: { syncGradients: boolean }) {
    this.#syncGradients = syncGradients
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
    this.#worldSize = collectives.worldSize
    this.#module = module
    this.#steps = 0
    this.#parameters = module.parameters()
    if (isTraining && !this.#parameters.some(({ trainable }) => trainable))
      throw new Error(`Trainer: the module has no trainable parameters. ${howToFind}`)
    this.#replica = new Replica(collectives, this.#parameters)
    await this.#replica.broadcast()
    await this.#replica.verify('at the start')
  }

  backward(step: () => unknown): void {
    this.#steps++
    // layers may create their variables in the first step, so the second one looks for others
    const others = this.#steps === 2 ? otherVariables(this.#parameters) : []
    const { value, grads } = tf.variableGrads(step as () => tf.Scalar, [...this.#parameters, ...others])
    this.#warnOfUntrained(others.filter(({ name }) => name in grads))
    for (const { name } of others) {
      grads[name]?.dispose()
      delete grads[name]
    }
    value.dispose()
    const before = this.#gradients
    this.#gradients = before ? mapTensors(before, (sum, name) => tf.add(sum, grads[name] as tf.Tensor)) : grads
    if (before) tf.dispose([before, grads])
  }

  async averageGradients(batches: number, what: string): Promise<void> {
    const gradients = this.#gradients ?? {}
    if (this.#syncGradients) this.#gradients = await this.#replica?.average(gradients, batches * this.#worldSize, what)
    else if (batches > 1) {
      this.#gradients = mapTensors(gradients, (sum) => tf.div(sum, batches))
      tf.dispose(gradients)
    }
  }

  optimizerStep(clip?: GradientClip): void {
    const gradients = this.#gradients ?? {}
    const clipped = clip ? clipGradients(gradients, clip) : gradients
    this.#optimizer?.applyGradients(clipped)
    tf.dispose([gradients, clipped])
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

/** Returns new gradients within the limit. */
function clipGradients(gradients: tf.NamedTensorMap, { maxValue, algorithm }: GradientClip): tf.NamedTensorMap {
  if (algorithm === 'value') return mapTensors(gradients, (gradient) => tf.clipByValue(gradient, -maxValue, maxValue))
  const factor = tf.tidy(() => {
    const squares = Object.values(gradients).map((gradient) => tf.sum(tf.square(gradient)))
    return tf.minimum(1, tf.div(maxValue, tf.add(tf.sqrt(tf.addN(squares)), 1e-6)))
  })
  const clipped = mapTensors(gradients, (gradient) => tf.mul(gradient, factor))
  factor.dispose()
  return clipped
}

function mapTensors(
  tensors: tf.NamedTensorMap,
  change: (tensor: tf.Tensor, name: string) => tf.Tensor,
): tf.NamedTensorMap {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, change(tensor, name)]))
}
