import * as tf from '@tensorflow/tfjs'
import { type Batch, Linear, Module } from '../../../examples/ddp-trainer/dist/index.js'

/** A perceptron of the size that the demo trains. Its training step calls `logged` with tensors of the step. */
export class MeasuredNet extends Module {
  readonly hidden: Linear = new Linear(784, 128, 1)
  readonly output: Linear = new Linear(128, 10, 2)
  /** Logs the metrics of a step. */
  readonly logged: (net: Module, loss: tf.Scalar, accuracy: tf.Scalar) => void

  constructor(logged: MeasuredNet['logged']) {
    super()
    this.logged = logged
  }

  trainingStep([x, y]: Batch): tf.Scalar {
    const logits = this.output.forward(tf.relu(this.hidden.forward(x)))
    const loss: tf.Scalar = tf.losses.softmaxCrossEntropy(y, logits)
    const isRight = tf.equal(tf.argMax(logits, 1), tf.argMax(y, 1))
    const accuracy: tf.Scalar = tf.mean(tf.cast(isRight, 'float32'))
    this.logged(this, loss, accuracy)
    return loss
  }

  configureOptimizers(): tf.Optimizer {
    return tf.train.sgd(0.01)
  }
}
