import { createHash } from 'node:crypto'
import * as tf from '@tensorflow/tfjs'
import type { Collectives } from '../ranks/collectives.ts'

/** This rank's copy of the parameters. The first broadcast and the averages make the copies of all ranks bit-identical. */
export class Replica {
  readonly #collectives: Collectives
  readonly #parameters: readonly tf.Variable[]
  readonly #flat: Float32Array

  constructor(collectives: Collectives, parameters: readonly tf.Variable[]) {
    this.#collectives = collectives
    this.#parameters = parameters
    this.#flat = new Float32Array(parameters.reduce((total, { size }) => total + size, 0))
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

  /** Returns the gradients of all ranks, added and divided by `count`, in new tensors. Disposes of `gradients`. */
  async average(gradients: tf.NamedTensorMap, count: number, what: string): Promise<tf.NamedTensorMap> {
    const names = this.#parameters.map(({ name }) => name)
    await this.#read(names.map((name) => gradients[name]))
    tf.dispose(gradients)
    await this.#collectives.allReduce(this.#flat, { what })
    for (let i = 0; i < this.#flat.length; i++) this.#flat[i] = (this.#flat[i] as number) / count
    const means = this.#tensors()
    return Object.fromEntries(names.map((name, index) => [name, means[index] as tf.Tensor]))
  }

  /** Compares the SHA-256 of the parameters of all ranks. */
  async verify(moment: string): Promise<void> {
    const { rank, worldSize } = this.#collectives
    if (worldSize === 1) return
    const previousRank = (rank + worldSize - 1) % worldSize
    await this.#read(this.#parameters)
    const mine = createHash('sha256').update(new Uint8Array(this.#flat.buffer)).digest('hex')
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
