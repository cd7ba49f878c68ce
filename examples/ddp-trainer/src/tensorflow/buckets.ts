import * as tf from '@tensorflow/tfjs'
import type { Collectives } from '../ranks/collectives.ts'

/** Default of `bucketCapMb`, as in PyTorch. */
export const defaultBucketCapMb = 25

/** Parameters whose values travel in one array. */
interface Bucket {
  parameters: tf.Variable[]
  /** Number of values of all parameters. */
  size: number
}

/** What is summed: an array for each parameter. It is a part of a buffer that is used again, so do not keep it. */
export interface SummedValues {
  /** The name of the calls for errors. */
  what: string
  /** Writes the values of this rank. */
  read(parameter: tf.Variable, into: Float32Array): Promise<void>
  /** Takes the sum over the ranks. */
  take(parameter: tf.Variable, sum: Float32Array): void
}

/**
 * Sums values over the ranks in buckets, from the last parameter to the first. While a bucket is in the collective, the
 * sums of the bucket before are taken, and the values of the next one are read. All ranks make the same calls in the
 * same order.
 */
export class BucketedSum {
  readonly #collectives: Collectives
  readonly #capBytes: number
  /** Two are enough: the sums in a buffer are taken before it is filled again. */
  readonly #buffers = [new Float32Array(0), new Float32Array(0)]

  /** @param bucketCapMb size of a bucket, in MiB. A larger parameter has a bucket of its own */
  constructor(collectives: Collectives, bucketCapMb: number) {
    this.#collectives = collectives
    this.#capBytes = bucketCapMb * 2 ** 20
  }

  async run(parameters: readonly tf.Variable[], { what, read, take }: SummedValues): Promise<void> {
    const buckets = planBuckets(parameters, this.#capBytes)
    const maxSize = Math.max(...buckets.map(({ size }) => size))
    const arrays = buckets.map(({ size }, index) => this.#buffer(index, maxSize).subarray(0, size))
    const each = (index: number) => partsOf(buckets[index] as Bucket, arrays[index] as Float32Array)
    const fill = async (index: number) => {
      for (const [parameter, part] of each(index)) await read(parameter, part)
    }
    const drain = (index: number) => {
      for (const [parameter, part] of each(index)) take(parameter, part)
    }
    if (buckets.length > 0) await fill(0)
    for (const [index, values] of arrays.entries()) {
      const place = buckets.length > 1 ? ` (bucket ${index + 1} of ${buckets.length})` : ''
      const meanwhile = async () => {
        if (index > 0) drain(index - 1)
        if (index + 1 < buckets.length) await fill(index + 1)
      }
      await Promise.all([this.#collectives.allReduce(values, { what: what + place }), meanwhile()])
    }
    if (buckets.length > 0) drain(buckets.length - 1)
  }

  /** Returns the buffer of a bucket. */
  #buffer(index: number, length: number): Float32Array {
    const buffer = this.#buffers[index % 2] as Float32Array
    if (buffer.length >= length) return buffer
    this.#buffers[index % 2] = new Float32Array(length)
    return this.#buffer(index, length)
  }
}

/** Divides the parameters, from the last to the first, into buckets of at most `capBytes` or one parameter. */
function planBuckets(parameters: readonly tf.Variable[], capBytes: number): Bucket[] {
  const buckets: Bucket[] = []
  for (const parameter of parameters.toReversed()) {
    const last = buckets.at(-1)
    if (last && (last.size + parameter.size) * Float32Array.BYTES_PER_ELEMENT <= capBytes) {
      last.parameters.push(parameter)
      last.size += parameter.size
    } else buckets.push({ parameters: [parameter], size: parameter.size })
  }
  return buckets
}

/** Yields each parameter of a bucket with its part of the array. */
function* partsOf({ parameters }: Bucket, values: Float32Array): Generator<[tf.Variable, Float32Array]> {
  let offset = 0
  for (const parameter of parameters) {
    yield [parameter, values.subarray(offset, offset + parameter.size)]
    offset += parameter.size
  }
}

/** Reports whether `tf.tensor` copies its array. On some backends the tensor has the array itself. */
export function copiesArrays(): boolean {
  const values = Float32Array.of(0)
  const tensor = tf.tensor(values)
  values[0] = 1
  const isCopied = tensor.dataSync()[0] === 0
  tensor.dispose()
  return isCopied
}
