import * as tf from '@tensorflow/tfjs'
import t, { type Test } from 'tap'
import { type Batch, DataLoader, Module, randn, TensorDataset } from '../index.ts'
import { quietOptions } from '../kit/quiet-options.ts'
import { trainers } from '../kit/ranks-in-process.ts'
import { DdpStrategy } from './ddp-strategy.ts'

/** A module whose second parameter has a gradient that is not finite if `isSingular`, or whose loss is not finite. */
class Faulty extends Module {
  first: tf.Variable = tf.variable(tf.tensor1d([1, 2]))
  second: tf.Variable = tf.variable(tf.ones([4]))
  isSingular = false
  factor = 1

  trainingStep(_batch: Batch): tf.Scalar {
    const second = this.isSingular ? tf.sqrt(tf.mul(this.second, tf.tensor1d([1, 1, 0, 0]))) : this.second
    return tf.sum(this.first).add(tf.sum(second)).mul(this.factor)
  }

  configureOptimizers(): tf.Optimizer {
    return tf.train.sgd(0.001)
  }
}

t.before(() => tf.setBackend('cpu'))

/** Fits on two ranks. From step 2, rank 1 has these fields. Returns the errors of the ranks. */
async function fit(t: Test, fault: Partial<Faulty>, detectAnomaly: boolean): Promise<unknown[]> {
  const loader = new DataLoader(new TensorDataset(randn([16, 1], 1), randn([16, 1], 1)), { batchSize: 2 })
  const ranks = trainers(t, 2, () => ({ ...quietOptions, strategy: new DdpStrategy({ detectAnomaly }) }))
  const fits = ranks.map(async (trainer, rank) => {
    const module = new Faulty()
    module.onTrainBatchStart = (_batch, batchIdx) => void (rank === 1 && batchIdx === 2 && Object.assign(module, fault))
    await trainer.fit(module, loader)
  })
  return (await Promise.allSettled(fits)).map((result) => (result.status === 'rejected' ? result.reason : undefined))
}

const faults: [fault: Partial<Faulty>, what: RegExp][] = [
  [{ factor: Number.NaN }, /^Trainer: the loss is NaN on rank 1 at step 2\. Look for such values in the batch, or use/],
  [{ factor: Number.POSITIVE_INFINITY }, /^Trainer: the loss is Infinity on rank 1 at step 2\./],
  [
    { isSingular: true },
    /^Trainer: the gradient of parameter 1 \('.+' of shape \[4\]\) is NaN in 2 of 4 numbers on rank 1 at step 2\./,
  ],
]
for (const [fault, message] of faults) {
  t.test(`${JSON.stringify(fault)}: the rank rejects, and the other one is lost`, async (t) => {
    t.match(await fit(t, fault, true), [{ name: 'NeighbourLost' }, { message }])
  })

  t.test(`${JSON.stringify(fault)}: without detectAnomaly the fit continues`, async (t) => {
    t.strictSame(await fit(t, fault, false), [undefined, undefined])
  })
}

t.test('a fit without anomalies is not changed', async (t) => {
  t.strictSame(await fit(t, {}, true), [undefined, undefined])
})
