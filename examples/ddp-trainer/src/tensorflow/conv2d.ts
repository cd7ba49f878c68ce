import * as tf from '@tensorflow/tfjs'
import { random } from '../data/random.ts'

export interface Conv2dOptions {
  /** Pixels from one window to the next: one number, or height and width. @default 1 */
  stride?: number | [height: number, width: number]
  /**
   * 'same' adds zeros so that with stride 1 the output is as large as the input. 'valid' adds none. A number adds as many rows and columns
   * on each side. @default 'same'
   */
  padding?: 'same' | 'valid' | number
  /** Seed of the first values. @default 0 */
  seed?: number
}

/**
 * A convolution of images of the shape [batch, height, width, inChannels]. Its weights, of the shape [kernelHeight, kernelWidth,
 * inChannels, outChannels], and its bias are drawn uniformly from ±1/√(kernelHeight · kernelWidth · inChannels), as by PyTorch, at the
 * first use.
 */
export class Conv2d {
  readonly #shape: [height: number, width: number, inChannels: number, outChannels: number]
  readonly #options: Required<Conv2dOptions>
  #variables: [weight: tf.Variable, bias: tf.Variable] | undefined

  /** @throws {RangeError} if a size is not a whole number above 0, or the padding is not allowed */
  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: number | [height: number, width: number],
    { stride = 1, padding = 'same', seed = 0 }: Conv2dOptions = {},
  ) {
    const [height, width] = typeof kernelSize === 'number' ? [kernelSize, kernelSize] : kernelSize
    for (const [name, size] of Object.entries({ inChannels, outChannels, kernelSize: height, width, stride }))
      for (const one of [size].flat()) checkSize(name === 'width' ? 'kernelSize' : name, one)
    if (!['same', 'valid'].includes(`${padding}`) && !(Number.isInteger(padding) && Number(padding) >= 0))
      throw new RangeError(`Conv2d: padding must be 'same', 'valid' or a whole number >= 0, not ${padding}`)
    this.#shape = [height, width, inChannels, outChannels]
    this.#options = { stride, padding, seed }
  }

  parameters(): [weight: tf.Variable, bias: tf.Variable] {
    if (this.#variables) return this.#variables
    const [height, width, inChannels, outChannels] = this.#shape
    const inputs = height * width * inChannels
    const next = random(this.#options.seed)
    const draw = (length: number) => Float32Array.from({ length }, () => (2 * next() - 1) / Math.sqrt(inputs))
    this.#variables = [
      tf.variable(tf.tensor(draw(inputs * outChannels), this.#shape)),
      tf.variable(tf.tensor(draw(outChannels))),
    ]
    return this.#variables
  }

  /** Returns images of the shape [batch, height, width, outChannels]. */
  forward(x: tf.Tensor): tf.Tensor4D {
    const [weight, bias] = this.parameters()
    const { stride, padding } = this.#options
    const rounding = typeof padding === 'number' ? 'floor' : undefined
    const y = tf.conv2d(x as tf.Tensor4D, weight as tf.Tensor4D, stride, padding, 'NHWC', 1, rounding)
    return tf.add(y, bias)
  }
}

function checkSize(name: string, size: number): void {
  if (!(Number.isInteger(size) && size > 0))
    throw new RangeError(`Conv2d: ${name} must be a whole number above 0, not ${size}`)
}
