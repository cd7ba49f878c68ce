import * as tf from '@tensorflow/tfjs'
import { type Batch, LearningRateSchedule, Linear, Module } from './index.ts'

/** The default hyperparameters. */
export const defaults = { epochs: 6, batchSize: 16, lr: 0.15, momentum: 0.9, hidden: 128 }

export type Hyperparameters = typeof defaults

/** A net of two layers that classifies handwritten digits, and how it is trained. */
export class DigitClassifier extends Module {
  readonly hidden: Linear
  readonly output: Linear
  readonly #hparams: Hyperparameters

  constructor(hparams: Hyperparameters) {
    super()
    this.saveHyperparameters(hparams)
    this.#hparams = hparams
    this.hidden = new Linear(784, hparams.hidden, 1)
    this.output = new Linear(hparams.hidden, 10, 2)
  }

  forward(x: tf.Tensor): tf.Tensor2D {
    return this.output.forward(tf.relu(this.hidden.forward(x))) as tf.Tensor2D
  }

  trainingStep([x, y]: Batch): tf.Scalar {
    const loss: tf.Scalar = tf.losses.softmaxCrossEntropy(y, this.forward(this.#jitter(x)))
    this.log('train_loss', loss, { onStep: true, onEpoch: true, progBar: true })
    return loss
  }

  /** Logs the loss and the accuracy. Both become means over the samples of all ranks. */
  override validationStep([x, y]: Batch): void {
    const logits = this.forward(x)
    const isRight = tf.equal(tf.argMax(logits, 1), tf.argMax(y, 1))
    this.log('val_loss', tf.losses.softmaxCrossEntropy(y, logits))
    this.log('val_acc', tf.mean(tf.cast(isRight, 'float32')), { progBar: true })
  }

  configureOptimizers(): tf.Optimizer {
    return tf.train.momentum(this.#hparams.lr, this.#hparams.momentum)
  }

  /** Moves the images of a batch by at most one pixel each way. The margins are empty, so flat rows can be shifted. */
  #jitter(x: tf.Tensor): tf.Tensor {
    const [dx = 0, dy = 0] = [this.random(), this.random()].map((part) => Math.floor(3 * part) - 1)
    return tf.slice(tf.pad(x, [[0, 0], [29, 29]]), [0, 29 + 28 * dy + dx], [-1, 784]) // biome-ignore format: pairs
  }
}

/** Returns a schedule that reduces the learning rate by the same amount after each epoch, to zero after the last. */
export function linearDecay({ lr, epochs }: Hyperparameters): LearningRateSchedule {
  return new LearningRateSchedule((epoch) => lr * (1 - epoch / epochs))
}
