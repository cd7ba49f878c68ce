import * as tf from '@tensorflow/tfjs'
import { type Batch, Conv2d, LearningRateSchedule, Linear, Module } from './index.ts'

/** How a classifier is trained. */
export interface Hyperparameters {
  model: Model
  epochs: number
  /** Number of samples in a batch of one rank. */
  batchSize: number
  /** Learning rate of the first epoch. */
  lr: number
  momentum: number
}

/** A perceptron with one hidden layer, or a net of two convolutions. */
export type Model = 'mlp' | 'cnn'

/** The default hyperparameters of each model. */
export const defaults: Record<Model, Hyperparameters> = {
  mlp: { model: 'mlp', epochs: 6, batchSize: 16, lr: 0.15, momentum: 0.9 },
  cnn: { model: 'cnn', epochs: 10, batchSize: 16, lr: 0.05, momentum: 0.9 },
}

/** Returns the name of a model. @throws {RangeError} if there is none of this name */
export function modelOf(name: string): Model {
  if (name in defaults) return name as Model
  throw new RangeError(`--model must be ${Object.keys(defaults).join(' or ')}, not ${name}`)
}

/** Layers that map images, as rows of 784 numbers, to ten numbers, the logits of the digits. */
interface Net {
  parameters(): tf.Variable[]
  forward(x: tf.Tensor): tf.Tensor2D
}

class Perceptron implements Net {
  readonly #hidden = new Linear(784, 128, 1)
  readonly #output = new Linear(128, 10, 2)

  parameters(): tf.Variable[] {
    return [...this.#hidden.parameters(), ...this.#output.parameters()]
  }

  forward(x: tf.Tensor): tf.Tensor2D {
    return this.#output.forward(tf.relu(this.#hidden.forward(x))) as tf.Tensor2D
  }
}

class ConvolutionalNet implements Net {
  readonly #first = new Conv2d(1, 16, 3, { seed: 1 })
  readonly #second = new Conv2d(16, 32, 3, { seed: 2 })
  readonly #output = new Linear(7 * 7 * 32, 10, 3)

  parameters(): tf.Variable[] {
    return [this.#first, this.#second, this.#output].flatMap((layer) => layer.parameters())
  }

  forward(x: tf.Tensor): tf.Tensor2D {
    const pool = (images: tf.Tensor4D) => tf.maxPool(tf.relu(images), 2, 2, 'same')
    const first = pool(this.#first.forward(tf.reshape(x, [-1, 28, 28, 1])))
    const second = pool(this.#second.forward(first))
    return this.#output.forward(tf.reshape(second, [-1, 7 * 7 * 32])) as tf.Tensor2D
  }
}

/** Classifies handwritten digits. */
export class DigitClassifier extends Module {
  readonly net: Net
  readonly #hparams: Hyperparameters

  constructor(hparams: Hyperparameters) {
    super()
    this.saveHyperparameters({ ...hparams })
    this.#hparams = hparams
    this.net = hparams.model === 'cnn' ? new ConvolutionalNet() : new Perceptron()
  }

  trainingStep([x, y]: Batch): tf.Scalar {
    const loss: tf.Scalar = tf.losses.softmaxCrossEntropy(y, this.net.forward(this.#jitter(x)))
    this.log('train_loss', loss, { onStep: true, onEpoch: true, progBar: true })
    return loss
  }

  /** Logs the loss and the accuracy. Both become means over the samples of all ranks. */
  override validationStep([x, y]: Batch): void {
    const logits = this.net.forward(x)
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
