import { createHash } from 'node:crypto'
import * as tf from '@tensorflow/tfjs'
import type { Collectives } from '../ranks/collectives.ts'
import { BucketedSum, copiesArrays } from './buckets.ts'

/**
 * This rank's copy of the parameters. The first broadcast and the averages make the copies of all ranks bit-identical.
 * A job with one rank copies nothing.
 */
export class Replica {
  readonly #collectives: Collectives
  readonly #parameters: readonly tf.Variable[]
  readonly #sum: BucketedSum
  /** Whether `tf.tensor` copies its array. */
  #isCopied: boolean | undefined

  /** @param bucketCapMb size of a bucket of gradients, in MiB */
  constructor(collectives: Collectives, parameters: readonly tf.Variable[], bucketCapMb: number) {
    this.#collectives = collectives
    this.#parameters = parameters
    this.#sum = new BucketedSum(collectives, bucketCapMb)
  }

  /** Gives all ranks the parameters of rank 0, as a sum to which the other ranks add zeros. */
  async broadcast(): Promise<void> {
    const { rank, worldSize } = this.#collectives
    if (worldSize === 1) return
    await this.#sum.run(this.#parameters, {
      what: 'gets the first parameters',
      read: async (parameter, into) => void (rank === 0 ? into.set(await parameter.data()) : into.fill(0)),
      take: (parameter, values) => {
        const value = this.#tensor(values, parameter)
        parameter.assign(value)
        value.dispose()
      },
    })
  }

  /**
   * Returns the gradients of all ranks, added and divided by `count`, in new tensors, and disposes of `gradients`. A
   * trainable parameter without a gradient has zeros.
   */
  async average(gradients: tf.NamedTensorMap, count: number, what: string): Promise<tf.NamedTensorMap> {
    const trainable = this.#parameters.filter((parameter) => parameter.trainable)
    const means: tf.NamedTensorMap = {}
    try {
      await this.#sum.run(trainable, {
        what,
        read: async ({ name }, into) => {
          const gradient = gradients[name]
          if (gradient) into.set(await gradient.data())
          else into.fill(0)
          gradient?.dispose()
        },
        take: (parameter, sum) => {
          means[parameter.name] = this.#tensor(sum, parameter, count)
        },
      })
    } catch (error) {
      tf.dispose([gradients, means])
      throw error
    }
    return means
  }

  /** Compares the SHA-256 of the parameters of all ranks. */
  async verify(moment: string): Promise<void> {
    const { rank, worldSize } = this.#collectives
    if (worldSize === 1) return
    const previousRank = (rank + worldSize - 1) % worldSize
    const hash = createHash('sha256')
    for (const parameter of this.#parameters) hash.update(await parameter.data())
    const mine = hash.digest('hex')
    const hashes = await this.#collectives.allGather(Buffer.from(mine), { what: `compares the parameters ${moment}` })
    const theirs = `${hashes[previousRank]}`
    if (mine === theirs) return
    throw new Error(`parameters differ ${moment}: rank ${rank} has ${mine}, rank ${previousRank} has ${theirs}`)
  }

  /** Returns values divided by `count` as a tensor with the shape of a parameter. May change `values`. */
  #tensor(values: Float32Array, { shape, dtype }: tf.Variable, count = 1): tf.Tensor {
    this.#isCopied ??= copiesArrays()
    const own = this.#isCopied ? values : values.slice()
    if (count !== 1) for (let i = 0; i < own.length; i++) own[i] = (own[i] as number) / count
    return tf.tensor(own, shape, dtype)
  }
}
