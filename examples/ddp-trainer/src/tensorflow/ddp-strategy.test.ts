import * as tf from '@tensorflow/tfjs'
import t from 'tap'
import { type Batch, DataLoader, Linear, Module, randn, TensorDataset } from '../index.ts'
import { quietOptions } from '../kit/quiet-options.ts'
import { trainers } from '../kit/ranks-in-process.ts'
import { RecordedCollectives } from '../kit/recorded-collectives.ts'
import { joinRings } from '../kit/rings.ts'
import type { Collectives } from '../ranks/collectives.ts'
import { Ring } from '../ranks/ring.ts'
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

/** A net with one layer. */
class SmallNet extends Module {
  layer = new Linear(3, 2)

  trainingStep([x, y]: Batch): tf.Scalar {
    return tf.losses.meanSquaredError(y, this.layer.forward(x))
  }

  configureOptimizers(): tf.Optimizer {
    return tf.train.sgd(0.1)
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

t.test('a single rank copies no gradient and no parameter', async (t) => {
  const { prototype } = tf.Tensor
  const copies = (['data', 'dataSync'] as const).map((method) => t.capture(prototype, method, prototype[method]))
  const module = new Line()
  const strategy = new DdpStrategy()
  await strategy.setup(module, new Ring(0, 1), true)
  for (let step = 0; step < 3; step++) {
    const before = tf.memory().numTensors
    strategy.backward(() => tf.sum(module.weights))
    const gradient = tf.memory().numTensors
    await strategy.averageGradients(1, 'averages')
    t.equal(tf.memory().numTensors, gradient, 'the gradient is used as it is')
    strategy.optimizerStep()
    t.equal(tf.memory().numTensors, before)
  }
  await strategy.verify('at the end')
  t.strictSame(
    copies.map((calls) => calls().length),
    copies.map(() => 0),
  )
})

/** A module with three parameters. */
class ThreeLines extends Line {
  second: tf.Variable = tf.variable(tf.tensor1d([10]))
  third: tf.Variable = tf.variable(tf.tensor1d([20]))
}

t.test('a parameter may have a gradient in only some of the batches that are added', async (t) => {
  const module = new ThreeLines()
  const strategy = new DdpStrategy()
  await strategy.setup(module, new Ring(0, 1), true)
  const tensors = tf.memory().numTensors
  strategy.backward(() => tf.sum(module.second))
  strategy.backward(() => tf.sum(module.third).mul(4))
  await strategy.averageGradients(2, 'averages')
  strategy.optimizerStep()
  t.equal(tf.memory().numTensors, tensors)
  const values = module.parameters().map((parameter) => [...parameter.dataSync()])
  t.strictSame(values, [[3, 4], [10 - 0.5], [20 - 2]])
})

for (const worldSize of [1, 2])
  t.test(`on ${worldSize} ranks, a parameter that is frozen keeps its value, and others their momentum`, async (t) => {
    const rings = await joinRings(t, 'unix', worldSize)
    const train = async (ring: Ring) => {
      const module = Object.assign(new ThreeLines(), { configureOptimizers: () => tf.train.momentum(1, 0.5) })
      const collectives = new RecordedCollectives(ring)
      const strategy = new DdpStrategy()
      await strategy.setup(module, collectives, true)
      const values = async () => {
        strategy.backward(() => tf.addN([module.weights, module.second, module.third].map((one) => tf.sum(one))))
        await strategy.averageGradients(1, 'averages')
        strategy.optimizerStep()
        return module.parameters().map((parameter) => parameter.dataSync()[0])
      }
      const first = await values()
      module.second.trainable = false
      const second = await values()
      module.second.trainable = true
      const third = await values()
      t.strictSame(first, [2, 9, 19])
      t.strictSame(second, [0.5, 9, 17.5])
      t.strictSame(third, [-1.25, 7.5, 15.75])
      const sizes = collectives.calls.filter(({ what }) => what === 'averages').map(({ bytes }) => bytes / 4)
      t.strictSame(sizes, worldSize === 1 ? [] : [4, 3, 4], 'its gradient is not sent')
    }
    await Promise.all(rings.map(train))
  })

/** Records the collectives of a fit. */
class RecordedDdp extends DdpStrategy {
  collectives: RecordedCollectives | undefined

  override setup(module: Module, collectives: Collectives, isTraining: boolean): Promise<void> {
    this.collectives = new RecordedCollectives(collectives)
    return super.setup(module, this.collectives, isTraining)
  }
}

t.test('with accumulateGradBatches, only the last batch of each accumulation averages gradients', async (t) => {
  const loader = new DataLoader(new TensorDataset(randn([28, 3], 1), randn([28, 2], 2)), { batchSize: 2 }) // 7 batches
  const strategies = [new RecordedDdp(), new RecordedDdp()]
  const ranks = trainers(t, 2, (rank) => ({
    ...quietOptions,
    strategy: strategies[rank] as RecordedDdp,
    accumulateGradBatches: 3,
    maxEpochs: 2,
  }))
  await Promise.all(ranks.map((trainer) => trainer.fit(new SmallNet(), loader)))
  for (const [rank, { collectives }] of strategies.entries()) {
    const averages = collectives?.calls.filter(({ what }) => what.includes('gradients'))
    const bytes = 4 * (3 * 2 + 2)
    t.strictSame(
      averages,
      [0, 1, 2, 3, 4, 5].map((step) => ({ what: `averages the gradients at step ${step}`, bytes })),
      `rank ${rank}: batches 3, 6 and 7 of each epoch`,
    )
    t.equal(ranks[rank]?.globalStep, 6)
  }
})
