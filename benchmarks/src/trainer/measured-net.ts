import * as tf from '@tensorflow/tfjs'
import { type Batch, Linear, Module } from '../../../examples/ddp-trainer/dist/index.js'

/** A perceptron that classifies rows of 784 numbers. Its training step calls `logMetrics` with tensors of the step. */
export class MeasuredNet extends Module {
  readonly hidden: Linear
  readonly output: Linear
  /** Logs the metrics of a step. */
  readonly logMetrics: (net: Module, loss: tf.Scalar, accuracy: tf.Scalar) => void

  /** @param width number of hidden units */
  constructor(width: number, logMetrics: MeasuredNet['logMetrics']) {
    super()
    this.hidden = new Linear(784, width, 1)
    this.output = new Linear(width, 10, 2)
    this.logMetrics = logMetrics
  }

  trainingStep([x, y]: Batch): tf.Scalar {
    const logits = this.output.forward(tf.relu(this.hidden.forward(x)))
    const loss: tf.Scalar = tf.losses.softmaxCrossEntropy(y, logits)
    const isRight = tf.equal(tf.argMax(logits, 1), tf.argMax(y, 1))
    const accuracy: tf.Scalar = tf.mean(tf.cast(isRight, 'float32'))
    this.logMetrics(this, loss, accuracy)
    return loss
  }

  configureOptimizers(): tf.Optimizer {
    return tf.train.sgd(0.01)
  }
}
