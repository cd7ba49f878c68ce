import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { readEvents } from 'pino-tensorboard'
import { callTable } from './call-cost.ts'
import { Compared } from './compared.ts'
import type { EncoderJob, EncoderSample } from './encoder-rank.ts'
import { interleave } from './interleave.ts'
import { judge } from './judge.ts'
import type { MetricMemoryJob, MetricMemoryNote } from './metric-memory-rank.ts'
import type { ScalarJob, ScalarSample } from './scalar-rank.ts'
import type { Settings } from './settings.ts'
import { runProcess } from './start-process.ts'
import type { Table } from './table.ts'

const place = { rank: 0, worldSize: 1 }
const python = process.env.BENCH_PYTHON
const tfjs = process.env.BENCH_TFJS

/** What does a metric record cost until TensorBoard can read it? */
export async function metrics(settings: Settings): Promise<Table[]> {
  return [await scalars(settings), await encoders(settings), ...(await calls(settings)), await memory(settings)]
}

interface Cell {
  name: string
  /** A rival is slower: so many times fewer scalars are enough. */
  fewer?: number
  /** What it is compared with, and at most how many times its time it should take. */
  beside?: [Cell, most?: number][]
}

const aboutScalars = `One scalar a record. Time: from the first call until the file is closed; then it is read back, and each scalar must be in it. Ratios: median over
the pairs of a round [95 % interval]; beside itself: the A/A control. torch and tensorboardX are measured where BENCH_PYTHON is a Python that has
them, tfjs-node where BENCH_TFJS is a folder that has it.`

/** Rivals as they are, none of them asked to be faster than it can. */
async function scalars({ pairs, records, dir, tell }: Settings): Promise<Table> {
  const title = 'Scalars into an event file'
  const rivals: [Cell, number][] = [
    ...(python
      ? ([
          [{ name: 'torch SummaryWriter', fewer: 25 }, 20],
          [{ name: 'tensorboardX', fewer: 25 }, 20],
        ] as [Cell, number][])
      : []),
    ...(tfjs ? ([[{ name: 'tfjs-node summaryFileWriter', fewer: 10 }, 8]] as [Cell, number][]) : []),
  ]
  const besides = rivals.map(([cell, times]): [Cell, number] => [cell, 1 / times])
  const target: Cell = { name: 'pino-tensorboard, target', beside: besides }
  const stream: Cell = { name: 'pino-tensorboard, stream', beside: rivals.map(([cell]) => [cell]) }
  const again: Cell = { name: target.name, beside: [[target]] }
  const measure = async ({ name, fewer = 1 }: Cell): Promise<ScalarSample> => {
    const logdir = mkdtempSync(join(dir, 'scalars-'))
    const job: ScalarJob = { writer: name, logdir, scalars: Math.ceil(records / fewer), ...(tfjs && { tfjs }) }
    const sample = await (isPython(name) ? runPython(job) : runProcess<ScalarSample>('./scalar-rank.js', job, place))
    const found = await countScalars(logdir)
    if (found !== job.scalars) throw new Error(`${name}: ${found} scalars of ${job.scalars}`)
    rmSync(logdir, { recursive: true })
    return sample
  }
  const cells = [target, stream, ...rivals.map(([cell]) => cell), again]
  const rounds = Math.max(1, Math.round(pairs / 2))
  const samples = await interleave(cells, rounds, measure, (round) => tell(`${title}: round ${round} of ${rounds}`))
  const rows = cells.map((cell) => new Compared(cell, samples))
  return { title, about: aboutScalars, rows: rows.flatMap((row) => rowsOf(row, 'scalars/s')) }
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

const aboutEncoders = `Events of one scalar, framed and with both CRCs (the same code's), into one buffer: the encoder alone, without JSON and file.`

async function encoders({ pairs, records, tell }: Settings): Promise<Table> {
  const title = 'The encoder alone'
  const rival: Cell = { name: 'protobufjs' }
  const own: Cell = { name: 'pino-tensorboard', beside: [[rival, 1 / 3]] }
  const cells: Cell[] = [own, rival, { name: rival.name, beside: [[rival]] }]
  const measure = ({ name }: Cell) =>
    runProcess<EncoderSample>('./encoder-rank.js', { encoder: name, records } satisfies EncoderJob, place)
  const samples = await interleave(cells, pairs, measure, (round) => tell(`${title}: round ${round} of ${pairs}`))
  return {
    title,
    about: aboutEncoders,
    rows: cells.flatMap((cell) => rowsOf(new Compared(cell, samples), 'records/s')),
  }
}

function rowsOf(row: Compared<Cell, { wall: number }>, unit: string): Table['rows'] {
  const { name, beside = [] } = row.cell
  const figures = { writer: name, [unit]: Math.round(1e9 / row.median('wall')), 'time ns': row.median('wall') }
  if (beside.length === 0) return [{ ...figures, beside: '', 'time ratio': null, goal: '' }]
  return beside.map(([cell, most]) => {
    const found = row.ratio(cell, 'wall')
    return {
      ...figures,
      beside: cell.name === name ? 'itself (A/A)' : cell.name,
      'time ratio': found,
      goal: most !== undefined && found ? `≤ ${most.toFixed(3)}: ${judge(found, most)}` : '',
    }
  })
}

/** Margins are thin here: all rounds. A worker that has much to do slows the other thread where they share a core. */
async function calls(settings: Settings): Promise<Table[]> {
  const group = {
    place,
    record: 'metric' as const,
    plain: ['pino/file'],
    others: ['rankLogger, pino-tensorboard', 'rankLogger, tensorboardStream'],
  }
  const goal = { call: 'rankLogger, pino-tensorboard', most: 1.1 }
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

async function memory({ records, dir, tell }: Settings): Promise<Table> {
  const title = 'Memory of a long run'
  const rows: Table['rows'] = []
  for (const way of ['target', 'stream'] as const) {
    tell(`${title}: ${way}`)
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
