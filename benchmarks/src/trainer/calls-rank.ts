import type * as tf from '@tensorflow/tfjs'
import { rankLogger } from 'pino-rank'
import {
  DataLoader,
  type Module,
  PinoLogger,
  randn,
  TensorDataset,
  Trainer,
} from '../../../examples/ddp-trainer/dist/index.js'
import { sendResult } from '../send-result.ts'
import { MeasuredNet } from './measured-net.ts'

/** The job of a rank that measures `log()`. */
export interface CallsJob {
  /** File of the logger. */
  path: string
  /** Number of steps, each with ten calls. */
  steps: number
}

/** Mean time of a call of `log()`, in µs. */
export interface CallsSample {
  number: number
  tensor: number
}

const names = ['a', 'b', 'c', 'd', 'e']
/** V8 has compiled log() after these steps. */
const warmUpSteps = 500
const batchSize = 8

await sendResult<CallsJob>(async ({ path, steps }): Promise<CallsSample> => {
  const totals = { number: 0, tensor: 0 }
  const timed = (kind: keyof typeof totals, net: Module, value: number | tf.Scalar) => {
    const start = performance.now()
    for (const name of names) net.log(`${kind}_${name}`, value, { onStep: true, onEpoch: true })
    if (net.globalStep >= warmUpSteps) totals[kind] += performance.now() - start
  }
  const net = new MeasuredNet(128, (net, loss) => {
    timed('number', net, 0.5)
    timed('tensor', net, loss)
  })
  const length = batchSize * (steps + warmUpSteps) * 2
  const x = randn([length, 784], 1)
  const y = randn([length, 10], 2)
  const trainer = new Trainer({
    logger: () => new PinoLogger(rankLogger({ transport: { target: 'pino-rank-file', options: { path } } })),
    progressBar: 'none',
  })
  await trainer.fit(net, new DataLoader(new TensorDataset(x, y), { batchSize }))
  const calls = steps * names.length
  return { number: (1000 * totals.number) / calls, tensor: (1000 * totals.tensor) / calls }
})
