import * as tf from '@tensorflow/tfjs'
import { random } from '../data/random.ts'

/**
 * A linear layer, y = xW + b. Its variables are drawn uniformly from ±1/√inputs, at the first use, because the backend is not chosen
 * before.
 */
export class Linear {
  readonly #shape: [inputs: number, outputs: number]
  readonly #seed: number
  #variables: [weight: tf.Variable, bias: tf.Variable] | undefined

  constructor(inputs: number, outputs: number, seed = 0) {
    this.#shape = [inputs, outputs]
    this.#seed = seed
  }

  parameters(): [weight: tf.Variable, bias: tf.Variable] {
    if (this.#variables) return this.#variables
    const [inputs, outputs] = this.#shape
    const next = random(this.#seed)
    const draw = (length: number) => Float32Array.from({ length }, () => (2 * next() - 1) / Math.sqrt(inputs))
    this.#variables = [
      tf.variable(tf.tensor(draw(inputs * outputs), [inputs, outputs])),
      tf.variable(tf.tensor(draw(outputs))),
    ]
    return this.#variables
  }

  forward(x: tf.Tensor): tf.Tensor {
    const [weight, bias] = this.parameters()
    return tf.add(tf.matMul(x, weight), bias)
  }
}
