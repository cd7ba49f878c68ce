import { createRequire } from 'node:module'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs'
import { DigitClassifier, defaults } from '../../../examples/ddp-trainer/dist/digit-classifier.js'
import {
  type Batch,
  Callback,
  DataLoader,
  type Dataset,
  randn,
  TensorDataset,
  Trainer,
  type TrainerOptions,
} from '../../../examples/ddp-trainer/dist/index.js'
import { configureTensorFlow } from '../../../examples/ddp-trainer/dist/tensorflow/backend.js'
import { DdpStrategy } from '../../../examples/ddp-trainer/dist/tensorflow/ddp-strategy.js'
import { sendResult } from '../send-result.ts'

/** The job of a rank that trains. */
export interface ThroughputJob {
  /** A folder with `@tensorflow/tfjs-node`. @default trains on WASM */
  folder?: string
  /** Number of samples in a batch of this rank. */
  batchSize: number
  /** Number of measured steps. */
  steps: number
}

/** Number of samples that all ranks train in a second. */
export interface ThroughputSample {
  samplesPerSecond: number
}

/** V8 has compiled the trainer after these steps. */
const warmUpSteps = 20

/** Repeats a few random images, so that the data takes little memory. */
class RandomDigits implements Dataset {
  readonly length: number
  readonly #rows = new TensorDataset(randn([1024, 784], 1), randn([1024, 10], 2))

  constructor(length: number) {
    this.length = length
  }

  batch(indices: readonly number[]): Batch {
    return this.#rows.batch(indices.map((index) => index % this.#rows.length))
  }
}

class Clock extends Callback {
  start = 0
  end = 0

  override onTrainBatchStart({ globalStep }: Trainer): void {
    if (globalStep === warmUpSteps) this.start = performance.now()
  }

  override onTrainBatchEnd(): void {
    this.end = performance.now()
  }
}

/** Loads tfjs-node, and returns the options of a trainer that computes on it. */
async function onNative(folder: string): Promise<TrainerOptions> {
  configureTensorFlow()
  createRequire(join(folder, 'package.json'))('@tensorflow/tfjs-node')
  if (!(await tf.setBackend('tensorflow'))) throw new Error(`${folder}: tfjs-node does not work`)
  return { strategy: new DdpStrategy({ syncGradients: true }) }
}

await sendResult<ThroughputJob>(async ({ folder, batchSize, steps }): Promise<ThroughputSample> => {
  const place: TrainerOptions = folder === undefined ? { accelerator: 'wasm' } : await onNative(folder)
  const clock = new Clock()
  const options = { logger: false, logEveryNSteps: 0, progressBar: 'none', callbacks: [clock] } as const
  const trainer = new Trainer({ ...options, ...place })
  const samples = batchSize * trainer.worldSize
  const loader = new DataLoader(new RandomDigits(samples * (warmUpSteps + steps)), { batchSize })
  await trainer.fit(new DigitClassifier({ ...defaults.cnn, lr: 0.001 }), loader) // random images: with a larger rate the loss is soon NaN
  return { samplesPerSecond: (1000 * samples * steps) / (clock.end - clock.start) }
})
