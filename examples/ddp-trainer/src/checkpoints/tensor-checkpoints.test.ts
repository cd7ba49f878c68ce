import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs'
import t from 'tap'
import { type Batch, type Checkpoint, DataLoader, Linear, Module, randn, TensorDataset, Trainer } from '../index.ts'
import { Shapes } from '../kit/no-tensors.ts'
import { parametersHash } from '../kit/parameters-hash.ts'
import { quietOptions } from '../kit/quiet-options.ts'
import { temporary } from '../kit/temporary.ts'

const loader = new DataLoader(new Shapes(6), { batchSize: 1 })

/** A network of TensorFlow.js with one layer. */
class Net extends Module {
  readonly layer: Linear
  readonly #optimizer: 'adam' | 'sgd'

  constructor(outputs: number, optimizer: 'adam' | 'sgd' = 'adam') {
    super()
    this.layer = new Linear(2, outputs, outputs)
    this.#optimizer = optimizer
  }

  trainingStep([x]: Batch): tf.Scalar {
    return tf.mean(this.layer.forward(tf.ones([x.shape[0] as number, 2])))
  }

  override testStep(): void {
    this.log('sum', tf.sum(this.layer.forward(tf.ones([1, 2]))))
  }

  configureOptimizers(): tf.Optimizer {
    return this.#optimizer === 'adam' ? tf.train.adam(0.1) : tf.train.sgd(0.1)
  }
}

t.test('with TensorFlow.js', async (t) => {
  const path = join(temporary(t), 'a.ckpt')
  const one = new Trainer(quietOptions)
  await one.fit(new Net(3), loader)
  await one.saveCheckpoint(path)
  const resume = (module: Net) =>
    new Trainer({ ...quietOptions, maxEpochs: 2 }).fit(module, loader, [], { ckptPath: path })
  const values = (module: Module) => module.parameters().map((parameter) => [...parameter.dataSync()])

  t.test('a test with a checkpoint tests the saved module', async (t) => {
    const [saved] = await one.test(new Net(3), loader, { ckptPath: path })
    const [untrained] = await one.test(new Net(3), loader)
    t.not(saved?.sum, untrained?.sum)
    const module = new Net(3)
    module.onLoadCheckpoint = (checkpoint: Checkpoint) => {
      for (const { values } of checkpoint.parameters) values.fill(1)
    }
    t.match(
      await one.test(module, loader, { ckptPath: path }),
      [{ sum: 9 }],
      'onLoadCheckpoint may change the checkpoint',
    )
  })

  t.test('a module with other parameters is rejected, and keeps them', async (t) => {
    const module = new Net(4)
    const before = values(module)
    const message = `Trainer: parameter 0 is [2,4] here, but [2,3] in the checkpoint ${path}; use the module that was saved`
    await t.rejects(resume(module), { message })
    t.strictSame(values(module), before)
    const larger = Object.assign(new Net(3), { second: new Linear(1, 1) })
    await t.rejects(resume(larger), { message: /^Trainer: the module has 4 parameters here, but 2 in the checkpoint/ })
  })

  t.test('a module with another optimizer is rejected', async (t) => {
    await t.rejects(resume(new Net(3, 'sgd')), {
      message: `Trainer: cannot restore the optimizer of the checkpoint ${path}: it is Adam, but configureOptimizers returned SGD`,
    })
  })
})

t.test('gradients that wait for an optimizer step are part of a checkpoint', async (t) => {
  const path = join(temporary(t), 'a.ckpt')
  const hashes: string[] = []
  for (const isResumed of [false, true]) {
    const net = new Net(3)
    if (!isResumed)
      net.onTrainBatchEnd = async (_batch, batchIdx) => {
        if (batchIdx === 3) await net.trainer.saveCheckpoint(path)
      }
    const weights = new DataLoader(new TensorDataset(randn([6, 2], 1), randn([6, 1], 2)), { batchSize: 1 })
    net.trainingStep = ([x]) => tf.mean(net.layer.forward(x))
    const trainer = new Trainer({ ...quietOptions, accumulateGradBatches: 3 })
    await trainer.fit(net, weights, [], isResumed ? { ckptPath: path } : {})
    hashes.push(parametersHash(net))
  }
  t.equal(hashes[0], hashes[1])
})
