import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { readEvents } from 'pino-tensorboard'
import { interleave } from '../../packages/ranklog-bench/dist/suite/interleave.js'
import { callTable } from './call-cost.ts'
import { Compared } from './compared.ts'
import type { MetricMemoryJob, MetricMemoryNote } from './metric-memory-rank.ts'
import type { ScalarJob, ScalarSample } from './scalar-rank.ts'
import type { Settings } from './settings.ts'
import { runProcess } from './start-process.ts'
import type { Table } from './table.ts'
import { type TimedCell, timeRows } from './time-rows.ts'

const place = { rank: 0, worldSize: 1 }
const python = process.env.BENCH_PYTHON
const tfjs = process.env.BENCH_TFJS

/** Measures what a metric record costs until TensorBoard can read it. */
export async function metrics(settings: Settings): Promise<Table[]> {
  return [await scalars(settings), ...(await calls(settings)), await memory(settings)]
}

const aboutScalars = `One scalar per record. Time: from the first call until the file is closed. The file is read back, and each scalar must be in it.
Ratios: median over the pairs [95 % interval]. A writer compared with itself is the A/A control. torch and tensorboardX are measured if
BENCH_PYTHON is a Python that has them, tfjs-node if BENCH_TFJS is a folder that has it.`

/** Measures writers of scalars, each with its default options. */
async function scalars({ pairs, records, dir, onProgress }: Settings): Promise<Table> {
  const title = 'Scalars into an event file'
  const rivals: [TimedCell, number][] = [
    ...(python
      ? ([
          [{ name: 'torch SummaryWriter', fewer: 25 }, 20],
          [{ name: 'tensorboardX', fewer: 25 }, 20],
        ] as [TimedCell, number][])
      : []),
    ...(tfjs ? ([[{ name: 'tfjs-node summaryFileWriter', fewer: 10 }, 8]] as [TimedCell, number][]) : []),
  ]
  const comparedWith = rivals.map(([cell, times]): [TimedCell, number] => [cell, 1 / times])
  const target: TimedCell = { name: 'pino-tensorboard, target', comparedWith }
  const stream: TimedCell = { name: 'pino-tensorboard, stream', comparedWith: rivals.map(([cell]) => [cell]) }
  const again: TimedCell = { name: target.name, comparedWith: [[target]] }
  const measure = async ({ name, fewer = 1 }: TimedCell): Promise<ScalarSample> => {
    const logdir = mkdtempSync(join(dir, 'scalars-'))
    const job: ScalarJob = { writer: name, logdir, scalars: Math.ceil(records / fewer), ...(tfjs && { tfjs }) }
    const sample = await (isPython(name) ? runPython(job) : runProcess<ScalarSample>('./scalar-rank.js', job, place))
    const found = await countScalars(logdir)
    if (found !== job.scalars) throw new Error(`${name}: the file has ${found} of ${job.scalars} scalars`)
    rmSync(logdir, { recursive: true })
    return sample
  }
  const cells = [target, stream, ...rivals.map(([cell]) => cell), again]
  const rounds = Math.max(1, Math.round(pairs / 2))
  const samples = await interleave(cells, rounds, measure, (round) =>
    onProgress(`${title}: round ${round} of ${rounds}`),
  )
  const rows = cells.map((cell) => new Compared(cell, samples))
  return { title, about: aboutScalars, rows: rows.flatMap((row) => timeRows(row, 'scalars/s')) }
}

function isPython(name: string): boolean {
  return name === 'torch SummaryWriter' || name === 'tensorboardX'
}

async function runPython({ writer, logdir, scalars }: ScalarJob): Promise<ScalarSample> {
  const script = fileURLToPath(new URL('../src/scalars.py', import.meta.url))
  const { stdout } = await promisify(execFile)(python as string, [script, writer, logdir, String(scalars)])
  return JSON.parse(stdout)
}

async function countScalars(logdir: string): Promise<number> {
  let found = 0
  for (const name of readdirSync(logdir)) {
    for await (const { values } of readEvents(join(logdir, name))) found += values.length
  }
  return found
}

/** Measures log calls with a metric record. It runs all rounds, because the goal is close to the measured ratio. */
async function calls(settings: Settings): Promise<Table[]> {
  const group = {
    place,
    record: 'metric' as const,
    plain: ['pino/file'],
    others: ['rankLogger, pino-tensorboard', 'rankLogger, tensorboardStream'],
  }
  const goal = { calls: ['rankLogger, pino-tensorboard'], max: 1.1 }
  const inSteps = {
    ...group,
    title: 'A call with a metric record: 100 in a step, which ends when they are written',
    pause: 'flush' as const,
    goal,
  }
  const flatOut = { ...group, title: 'The same as fast as it can, without a pause' }
  return [await callTable(inSteps, settings), await callTable(flatOut, settings)]
}

const aboutMemory = `A run of many scalars over 1,000 tags, ten in a record, flushed every 1,000 records. RSS of the process, in MB, after each fifth of it.`

async function memory({ records, dir, onProgress }: Settings): Promise<Table> {
  const title = 'Memory of a long run'
  const rows: Table['rows'] = []
  for (const way of ['target', 'stream'] as const) {
    onProgress(`${title}: ${way}`)
    const logdir = mkdtempSync(join(dir, 'memory-'))
    const scalars = 10 * records
    const job: MetricMemoryJob = { way, logdir, scalars, tags: 1000 }
    const { rss } = await runProcess<MetricMemoryNote>('./metric-memory-rank.js', job, place)
    rmSync(logdir, { recursive: true })
    const fifths = rss.map((value, at) => [`after ${((at + 1) * scalars) / 5}`, value] as const)
    rows.push({ writer: `pino-tensorboard, ${way}`, ...Object.fromEntries(fifths) })
  }
  return { title, about: aboutMemory, rows }
}
