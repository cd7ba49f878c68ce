import * as tf from '@tensorflow/tfjs'
import t from 'tap'
import { Ring } from '../ranks/ring.ts'
import { Module } from '../trainer/module.ts'
import type { GradientClip } from '../trainer/strategy.ts'
import { DdpStrategy } from './ddp-strategy.ts'

/** A module with the parameters [3, 4], which are moved against their gradient. */
class Line extends Module {
  weights: tf.Variable = tf.variable(tf.tensor1d([3, 4]))

  trainingStep(): tf.Scalar {
    return tf.scalar(0)
  }

  configureOptimizers(): tf.Optimizer {
    return tf.train.sgd(1)
  }
}

/** Returns the parameters after one step, in which each batch has the gradient `slope` × [3, 4]. */
async function step(slopes: number[], clip?: GradientClip, syncGradients = true): Promise<number[]> {
  const module = new Line()
  const strategy = new DdpStrategy({ syncGradients })
  await strategy.setup(module, new Ring(0, 1), true)
  const tensors = tf.memory().numTensors
  for (const slope of slopes)
    strategy.backward(() => tf.mul(tf.sum(tf.mul(module.weights, tf.tensor1d([3, 4]))), slope))
  await strategy.averageGradients(slopes.length, 'averages')
  strategy.optimizerStep(clip)
  t.equal(tf.memory().numTensors, tensors, 'no tensor is left')
  return [...module.weights.dataSync()]
}

t.before(() => tf.setBackend('cpu'))

t.test('the gradients of several batches are averaged', async (t) => {
  t.strictSame(await step([1]), [0, 0])
  t.strictSame(await step([2, 0.5, 0.5]), [0, 0])
  t.strictSame(await step([1.5, 0.5], undefined, false), [0, 0])
})

t.test('gradients are clipped by their norm or by their values', async (t) => {
  const near = (found: number[], wanted: number[]) =>
    t.ok(
      found.every((value, at) => Math.abs(value - (wanted[at] as number)) < 1e-5),
      `${found}`,
    )
  near(await step([1], { maxValue: 1, algorithm: 'norm' }), [3 - 0.6, 4 - 0.8])
  near(await step([1], { maxValue: 100, algorithm: 'norm' }), [0, 0])
  near(await step([1], { maxValue: 3.5, algorithm: 'value' }), [0, 0.5])
})

t.test('the learning rate of each optimizer can be changed', async (t) => {
  for (const optimizer of [tf.train.sgd(1), tf.train.momentum(1, 0), tf.train.adam(1), tf.train.rmsprop(1)]) {
    const module = new Line()
    module.configureOptimizers = () => optimizer
    const strategy = new DdpStrategy({ syncGradients: true })
    await strategy.setup(module, new Ring(0, 1), true)
    t.equal(strategy.learningRate, 1)
    strategy.learningRate = 0
    t.equal(strategy.learningRate, 0)
    strategy.backward(() => tf.sum(module.weights))
    await strategy.averageGradients(1, 'averages')
    strategy.optimizerStep()
    t.strictSame([...module.weights.dataSync()], [3, 4], optimizer.getClassName())
  }
})
