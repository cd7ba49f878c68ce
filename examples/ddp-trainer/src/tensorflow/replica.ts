import { createHash } from 'node:crypto'
import * as tf from '@tensorflow/tfjs'
import type { Collectives } from '../ranks/collectives.ts'

/** This rank's copy of the parameters. The first broadcast and the averages make the copies of all ranks bit-identical. */
export class Replica {
  readonly #collectives: Collectives
  readonly #parameters: readonly tf.Variable[]
  /** The parameters or gradients, and then the vote of `average`. */
  readonly #flat: Float32Array
  readonly #size: number
  /** The sum of the votes of all ranks in the last `average`. */
  votes = 0

  constructor(collectives: Collectives, parameters: readonly tf.Variable[]) {
    this.#collectives = collectives
    this.#parameters = parameters
    this.#size = parameters.reduce((total, { size }) => total + size, 0)
    this.#flat = new Float32Array(this.#size + 1)
  }

  /** Gives all ranks the parameters of rank 0, as a sum to which the other ranks add zeros. */
  async broadcast(): Promise<void> {
    await this.#read(this.#collectives.rank === 0 ? this.#parameters : [])
    await this.#collectives.allReduce(this.#flat, { what: 'gets the first parameters' })
    for (const [index, value] of this.#tensors().entries()) {
      this.#parameters[index]?.assign(value)
      value.dispose()
    }
  }

  /**
   * Returns the gradients of all ranks, added and divided by `count`, in new tensors. Disposes of `gradients`. Also sums the votes of
   * the ranks, in the same messages.
   */
  async average(
    gradients: tf.NamedTensorMap,
    { count, what, vote }: { count: number; what: string; vote: number },
  ): Promise<tf.NamedTensorMap> {
    const names = this.#parameters.map(({ name }) => name)
    await this.#read(names.map((name) => gradients[name]))
    tf.dispose(gradients)
    this.#flat[this.#size] = vote
    await this.#collectives.allReduce(this.#flat, { what })
    this.votes = this.#flat[this.#size] as number
    for (let i = 0; i < this.#size; i++) this.#flat[i] = (this.#flat[i] as number) / count
    const means = this.#tensors()
    return Object.fromEntries(names.map((name, index) => [name, means[index] as tf.Tensor]))
  }

  /** Compares the SHA-256 of the parameters of all ranks. */
  async verify(moment: string): Promise<void> {
    const { rank, worldSize } = this.#collectives
    if (worldSize === 1) return
    const previousRank = (rank + worldSize - 1) % worldSize
    await this.#read(this.#parameters)
    const mine = createHash('sha256')
      .update(new Uint8Array(this.#flat.buffer, 0, 4 * this.#size))
      .digest('hex')
    const hashes = await this.#collectives.allGather(Buffer.from(mine), { what: `compares the parameters ${moment}` })
    const theirs = `${hashes[previousRank]}`
    if (mine === theirs) return
    throw new Error(`parameters differ ${moment}: rank ${rank} has ${mine}, rank ${previousRank} has ${theirs}`)
  }

  /** Copies tensors, one for each parameter, into the flat array. A tensor that is missing becomes zeros. */
  async #read(tensors: readonly (tf.Tensor | undefined)[]): Promise<void> {
    let offset = 0
    for (const [index, { size }] of this.#parameters.entries()) {
      const values = await tensors[index]?.data()
      if (values) this.#flat.set(values, offset)
      else this.#flat.fill(0, offset, offset + size)
      offset += size
    }
  }

  /** Returns the flat array as one tensor per parameter. Each gets a copy of its values, because some backends reference the array. */
  #tensors(): tf.Tensor[] {
    let offset = 0
    return this.#parameters.map(({ size, shape }) => {
      const values = this.#flat.slice(offset, offset + size)
      offset += size
      return tf.tensor(values, shape)
    })
  }
}
