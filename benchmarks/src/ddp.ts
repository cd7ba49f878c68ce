import { interleave } from '../../packages/ranklog-bench/dist/suite/interleave.js'
import { Compared } from './compared.ts'
import type { ThroughputJob, ThroughputSample } from './ddp/throughput-rank.ts'
import { judgeMin } from './judge.ts'
import type { Settings } from './settings.ts'
import { runProcess } from './start-process.ts'
import type { Table } from './table.ts'

/** Number of samples in a step of all ranks together. */
const globalBatchSize = 128

/** The ratio of samples/s that two ranks must reach. */
const minRatio = 1.6

/** A folder with `@tensorflow/tfjs-node`. */
const native = process.env.BENCH_TFJS

const about = `The CNN of the digits example trains on ranks of one thread each, without metrics and loggers. All ranks together use ${globalBatchSize} samples in
a step, so two ranks halve the batch of each. Samples/s: of all ranks, from the start of the first measured step to the end of the
last one; the processes start, and V8 compiles, before it. Ratio: to one rank in the same round. Median over the rounds [95 % interval].
tfjs-node has TF_NUM_INTRAOP_THREADS=1, and is measured only if BENCH_TFJS is a folder that has it.`

/** A number of ranks. One rank is measured twice, as the A/A control. */
interface Cell {
  ranks: string
  worldSize: number
}

const one: Cell = { ranks: '1', worldSize: 1 }
const cells: readonly Cell[] = [one, { ranks: '2', worldSize: 2 }, { ranks: '1 (A/A)', worldSize: 1 }]

/** Measures how many samples per second two ranks of the example trainer train, relative to one. */
export async function ddp({ pairs, steps, onProgress }: Settings): Promise<Table[]> {
  const backends = [{ name: 'WASM' }, ...(native === undefined ? [] : [{ name: 'tfjs-node', folder: native }])]
  const tables: Table[] = []
  for (const { name, ...job } of backends) tables.push(await measure(name, { ...job, steps }))
  return tables

  async function measure(backend: string, job: Omit<ThroughputJob, 'batchSize'>): Promise<Table> {
    const title = `Two ranks on ${backend}`
    const samples = await interleave(
      cells,
      pairs,
      (cell) => throughput(cell, job),
      (round) => onProgress(`${title}: round ${round} of ${pairs}`),
    )
    const rows = cells.map((cell) => {
      const found = new Compared(cell, samples)
      const ratio = found.ratio(one, 'samplesPerSecond')
      const goal = cell.worldSize > 1 && ratio ? `ratio ≥ ${minRatio}: ${judgeMin(ratio, minRatio)}` : ''
      return { ranks: cell.ranks, 'samples/s': found.estimate('samplesPerSecond'), ratio, goal }
    })
    return { title, about, rows }
  }
}

/** Runs all ranks of a job. Returns the throughput that rank 0 measures: the ranks make each step together. */
async function throughput({ worldSize }: Cell, job: Omit<ThroughputJob, 'batchSize'>): Promise<ThroughputSample> {
  const full: ThroughputJob = { ...job, batchSize: globalBatchSize / worldSize }
  const ranks = Array.from({ length: worldSize }, (_, rank) =>
    runProcess<ThroughputSample>('./ddp/throughput-rank.js', full, { rank, worldSize }),
  )
  const [first] = await Promise.all(ranks)
  return first as ThroughputSample
}
