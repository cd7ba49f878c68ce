// A program for tests: a fit in which a rank hangs, or in which each step blocks the event loop. The options are JSON on the command line.
// Each rank prints `pid` and its process id. The fit prints `done` on rank 0 if it ends.
import { DataLoader } from '../data/data-loader.ts'
import type { Collectives } from '../ranks/collectives.ts'
import type { Module } from '../trainer/module.ts'
import { silentLogger } from '../trainer/pino-logger.ts'
import { Trainer } from '../trainer/trainer.ts'
import { BareModule } from './bare-module.ts'
import { NoTensors, Shapes } from './no-tensors.ts'

export interface HungFitOptions {
  devices: number
  /** Rank that hangs in its third step, and prints `hangs`. */
  hangs?: number
  /** 'stopped' sends SIGSTOP to itself, 'loop' computes without an end, 'await' waits without an end. @default 'stopped' */
  how?: 'stopped' | 'loop' | 'await'
  /** Time that each rank computes in a step without turning its event loop, by rank, in ms. @default 0 */
  stepMs?: number[]
  /** Number of gradients that the ranks average. @default 2 */
  gradientCount?: number
  hangTimeoutMs?: number
  syncTimeoutMs?: number
}

const parsed: HungFitOptions = JSON.parse(process.argv[2] as string)
const { devices, hangs, how = 'stopped', stepMs, gradientCount = 2, ...limits } = parsed

/** Makes the calls of the real strategy: one before the first step, and one in each step. */
class Gradients extends NoTensors {
  #collectives: Collectives | undefined

  override async setup(module: Module, collectives: Collectives, isTraining: boolean): Promise<void> {
    await super.setup(module, collectives, isTraining)
    this.#collectives = collectives
    await collectives.barrier({ what: 'compares the parameters at the start' })
  }

  override async averageGradients(_batches: number, what: string): Promise<void> {
    await this.#collectives?.allReduce(new Float32Array(gradientCount), { what })
  }
}

function compute(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end; );
}

const ways = {
  stopped: () => process.kill(process.pid, 'SIGSTOP'),
  loop: () => compute(Number.POSITIVE_INFINITY),
  await: () => new Promise(() => setInterval(() => {}, 1000)),
}

const module = new BareModule()
Object.assign(module, {
  onFitStart: () => process.stdout.write(`pid ${process.pid}\n`),
  async onTrainBatchStart(_batch: unknown, batchIdx: number) {
    if (module.trainer.globalRank === hangs && batchIdx === 2) {
      await new Promise<void>((resolve) => process.stdout.write('hangs\n', () => resolve()))
      await ways[how]()
    }
    compute(stepMs?.[module.trainer.globalRank] ?? 0)
  },
})
const options = { devices, strategy: new Gradients(), logger: silentLogger, progressBar: 'none' as const, ...limits }
const trainer = new Trainer(options)
await trainer.fit(module, new DataLoader(new Shapes(4 * devices), { batchSize: 1 }))
if (trainer.isGlobalZero) process.stdout.write('done\n')
