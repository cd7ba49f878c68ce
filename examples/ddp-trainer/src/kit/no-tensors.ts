// Doubles for tests of the loops: they need no TensorFlow.js, so a test starts fast and its ranks share one process.
import type { Batch, Dataset } from '../data/data-loader.ts'
import type { Collectives } from '../ranks/collectives.ts'
import type { Module } from '../trainer/module.ts'
import type { ParameterValues, Strategy } from '../trainer/strategy.ts'

/** A strategy that calls the module, but has no parameters. */
export class NoTensors implements Strategy {
  learningRate = 1
  #collectives: Collectives | undefined

  async setup(module: Module, collectives: Collectives, isTraining: boolean): Promise<void> {
    this.#collectives = collectives
    if (isTraining) module.configureOptimizers()
  }

  backward(step: () => unknown): void {
    step()
  }

  /** A barrier, as is the averaging of gradients. */
  async averageGradients(_batches: number, what: string): Promise<void> {
    await this.#collectives?.allReduce(new Float32Array(2), { what })
  }

  optimizerStep(): void {}

  evaluate<T>(step: () => T): T {
    return step()
  }

  async verify(): Promise<void> {}

  dispose(): void {}
}

/** A dataset whose batches have a shape and no values. */
export class Shapes implements Dataset {
  readonly length: number

  constructor(length: number) {
    this.length = length
  }

  batch({ length }: readonly number[]): Batch {
    const rows = { shape: [length] } as unknown as Batch[0]
    return [rows, rows]
  }
}

/** A strategy with one parameter, which each optimizer step increases by the learning rate. It can save and restore checkpoints. */
export class OneParameter extends NoTensors {
  value = 0
  steps = 0

  override optimizerStep(): void {
    this.value += this.learningRate
    this.steps++
  }

  async *readParameters(): AsyncGenerator<ParameterValues> {
    yield { shape: [1], values: Float32Array.of(this.value) }
  }

  async writeParameters(_module: Module, [parameter]: readonly ParameterValues[]): Promise<void> {
    this.value = parameter?.values[0] as number
  }

  async readOptimizer(): Promise<{ steps: number; learningRate: number }> {
    return { steps: this.steps, learningRate: this.learningRate }
  }

  async writeOptimizer(state: { steps: number; learningRate: number }): Promise<void> {
    Object.assign(this, state)
  }
}
