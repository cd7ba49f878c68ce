import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { interleave } from '../../packages/ranklog-bench/dist/suite/interleave.js'
import { Compared } from './compared.ts'
import { verdict } from './judge.ts'
import type { Settings } from './settings.ts'
import { runProcess } from './start-process.ts'
import type { Table } from './table.ts'
import type { CallsJob, CallsSample } from './trainer/calls-rank.ts'
import type { StepsJob, StepsSample } from './trainer/steps-rank.ts'

/** A net that is trained. */
interface Net {
  name: string
  width: number
  batchSize: number
  /** Share of `--steps` that this net trains. */
  share: number
}

const nets: readonly Net[] = [
  { name: 'demo (784, 128, 10), batches of 16', width: 128, batchSize: 16, share: 1 },
  { name: '(784, 256, 10), batches of 64', width: 256, batchSize: 64, share: 1 / 4 },
]

const aboutSteps = `One rank trains a perceptron on TensorFlow.js (WASM). In each process it trains alternately without and with five metrics a step:
two tensors and three numbers, logged in each step to pino-rank-file, -split, -stdout (/dev/null), pino-tensorboard, pino-csv-metrics
and pino-wandb (offline). With flushMs: the first three write lines that are 100 ms old. Step: mean time from the start of a batch to
the start of the next one. Difference and ratio: median over the processes [95 % interval].`

const aboutCalls = `Two ranks train the net (784, 128, 10) with batches of 8, and each calls log(name, value, { onStep: true, onEpoch: true }) ten times
in a step: with numbers, and with a tensor, which only rank 0 reads. Time of a call: mean of a process, median over the processes
[95 % interval]. The rows that the calls become are written after the step, and are part of the table above.`

/** Measures what metrics cost the example trainer. */
export async function trainer(settings: Settings): Promise<Table[]> {
  return [await stepsTable(settings), await callsTable(settings)]
}

async function stepsTable({ pairs, steps, dir, onProgress }: Settings): Promise<Table> {
  const title = 'A step with five metrics to all sinks'
  const folder = join(dir, 'trainer')
  const measure = async ({ width, batchSize, share }: Net) => {
    mkdirSync(folder)
    const job: StepsJob = { dir: folder, width, batchSize, steps: Math.ceil(steps * share) }
    const sample = await runProcess<StepsSample>('./trainer/steps-rank.js', job, { rank: 0, worldSize: 1 })
    rmSync(folder, { recursive: true })
    return sample
  }
  const samples = await interleave(nets, pairs, measure, (round) => onProgress(`${title}: round ${round} of ${pairs}`))
  return { title, about: aboutSteps, rows: nets.flatMap((net) => stepRows(net, samples.get(net) ?? [])) }
}

function stepRows({ name }: Net, samples: readonly StepsSample[]): Table['rows'] {
  const kinds = [
    ['without', 'none'],
    ['again', 'none (A/A)'],
    ['with', 'five'],
    ['batched', 'five, flushMs: 100'],
  ] as const
  const ms = new Map(kinds.map(([kind]) => [kind, samples.map((sample) => ({ ms: sample[kind] }))]))
  return kinds.map(([kind, metrics]) => {
    const found = new Compared(kind, ms)
    const ratio = found.ratio('without', 'ms')
    return {
      net: name,
      metrics,
      'ms a step': found.median('ms'),
      'difference in ms': found.difference('without', 'ms'),
      ratio,
      goal: verdict('ratio', ratio, kind === 'with' || kind === 'batched' ? 1.02 : undefined),
    }
  })
}

async function callsTable({ pairs, steps, dir, onProgress }: Settings): Promise<Table> {
  const title = 'A call of log()'
  const path = join(dir, 'calls.log')
  const measure = async () => {
    const job: CallsJob = { path, steps }
    const ranks = [0, 1].map((rank) => runProcess<CallsSample>('./trainer/calls-rank.js', job, { rank, worldSize: 2 }))
    const found = await Promise.all(ranks)
    rmSync(path)
    return found as [CallsSample, CallsSample]
  }
  const [job] = (await interleave(['job'], pairs, measure, (round) => onProgress(`${title}: round ${round}`))).values()
  const cells = [0, 1].flatMap((rank) => (['number', 'tensor'] as const).map((value) => ({ rank, value })))
  const us = new Map(
    cells.map((cell) => [cell, (job ?? []).map((ranks) => ({ us: ranks[cell.rank]?.[cell.value] as number }))]),
  )
  const rows = cells.map((cell) => {
    const found = new Compared(cell, us).estimate('us')
    return {
      rank: cell.rank,
      value: cell.value,
      'µs a call': found,
      goal: verdict('µs', found, cell.rank === 0 ? 10 : 2),
    }
  })
  return { title, about: aboutCalls, rows }
}
