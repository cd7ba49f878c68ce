import type { Collectives } from '../ranks/collectives.ts'
import type { Module } from '../trainer/module.ts'
import type { ParameterValues } from '../trainer/strategy.ts'
import { OneParameter } from './no-tensors.ts'

/** A strategy with one parameter, whose gradient is a random number of each batch and rank. The optimizer has a momentum. */
export class RandomGradients extends OneParameter {
  momentum = 0
  #gradient = 0
  #module: Module | undefined
  #ranks: Collectives | undefined

  override async setup(module: Module, collectives: Collectives, isTraining: boolean): Promise<void> {
    await super.setup(module, collectives, isTraining)
    this.#module = module
    this.#ranks = collectives
    this.#gradient = 0
  }

  override backward(step: () => unknown): void {
    step()
    this.#gradient = Math.fround(this.#gradient + (this.#module as Module).random())
  }

  override async averageGradients(batches: number, what: string): Promise<void> {
    const sum = Float32Array.of(this.#gradient)
    await this.#ranks?.allReduce(sum, { what })
    this.#gradient = Math.fround((sum[0] as number) / batches)
  }

  override optimizerStep(): void {
    this.momentum = Math.fround(0.9 * this.momentum + this.#gradient)
    this.value = Math.fround(this.value - this.learningRate * this.momentum)
    this.steps++
    this.#gradient = 0
  }

  override async readOptimizer(): Promise<{ steps: number; learningRate: number; momentum: number }> {
    return { ...(await super.readOptimizer()), momentum: this.momentum }
  }

  async readGradients(): Promise<ParameterValues[]> {
    return [{ shape: [1], values: Float32Array.of(this.#gradient) }]
  }

  writeGradients([gradient]: readonly (ParameterValues | undefined)[]): void {
    this.#gradient = gradient?.values[0] as number
  }
}
