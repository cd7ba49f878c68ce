import * as tf from '@tensorflow/tfjs'
import t from 'tap'
import { type Batch, DataLoader, Linear, Module, randn, TensorDataset, Trainer } from '../index.ts'
import { silentLogger } from '../trainer/pino-logger.ts'

const both = { onStep: true, onEpoch: true }

/** Logs its batch index, plus 16 for each epoch. */
class CountingModule extends Module {
  layer = new Linear(1, 1)

  trainingStep([x]: Batch, batchIdx: number): tf.Scalar {
    this.log('t', batchIdx + 16 * this.currentEpoch, both)
    return tf.mean(this.layer.forward(x))
  }

  override validationStep(_batch: Batch, batchIdx: number): void {
    this.log('v', batchIdx + 16 * this.currentEpoch, both)
  }

  override onValidationEpochEnd(): void {
    this.log('v_end', 1)
  }

  override onTrainEpochEnd(): void {
    this.log('end', 4)
  }

  configureOptimizers(): tf.Optimizer {
    return tf.train.sgd(0.1)
  }
}

t.test('a fit on TensorFlow.js writes the rows that Lightning writes', async (t) => {
  const rows: unknown[] = []
  const logger = {
    ...silentLogger,
    logMetrics: (metrics: object, step: number, epoch?: number) => rows.push({ ...metrics, step, epoch }),
  }
  const loader = (length: number) =>
    new DataLoader(new TensorDataset(randn([length, 1], 0), randn([length, 1], 1)), { batchSize: 4 })
  const trainer = new Trainer({ maxEpochs: 2, logEveryNSteps: 2, logger, progressBar: 'none' })
  await trainer.fit(new CountingModule(), loader(10), loader(6))
  t.same(rows, [
    { t_step: 1, step: 1, epoch: 0 },
    { v_step: 0, step: 0, epoch: undefined },
    { v_step: 1, step: 1, epoch: undefined },
    { v_epoch: Math.fround(2 / 6), v_end: 1, step: 2, epoch: 0 },
    { t_epoch: Math.fround((0 * 4 + 1 * 4 + 2 * 2) / 10), end: 4, step: 2, epoch: 0 },
    { t_step: 16, step: 3, epoch: 1 },
    { t_step: 18, step: 5, epoch: 1 },
    { v_step: 16, step: 2, epoch: undefined },
    { v_step: 17, step: 3, epoch: undefined },
    { v_epoch: Math.fround(16 + 2 / 6), v_end: 1, step: 5, epoch: 1 },
    { t_epoch: Math.fround(16 + 8 / 10), end: 4, step: 5, epoch: 1 },
  ])
})

t.test('a dataset with different numbers of inputs and targets is rejected', async (t) => {
  t.throws(() => new TensorDataset(randn([3, 1], 0), randn([4, 1], 0)), /3 inputs, 4 targets/)
})

t.test('a dataset of nested arrays has the same batches as one of flat arrays', async (t) => {
  const flat = { data: Float32Array.of(1, 2, 3, 4, 5, 6), shape: [3, 2] } as const
  const datasets = [new TensorDataset([[1, 2], [3, 4], [5, 6]], [[7], [8], [9]]), new TensorDataset(flat, flat)] // biome-ignore format: rows
  const [nested, same] = datasets.map((dataset) => dataset.batch([2, 0])[0])
  t.same(nested?.shape, [2, 2])
  t.same(nested?.arraySync(), same?.arraySync())
  tf.dispose([nested, same] as tf.Tensor[])
})

t.test('nested arrays with rows of different lengths are rejected', async (t) => {
  const message = /^TensorDataset: row 1 of the targets has 2 numbers, but row 0 has 1$/
  t.throws(() => new TensorDataset([[1], [2]], [[1], [2, 3]]), { message })
})
