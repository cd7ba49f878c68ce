import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { torchrunEnv } from 'pino-rank/launch'
import { interleave } from '../../packages/ranklog-bench/dist/suite/interleave.js'
import type { ReduceJob, ReduceSample } from './collectives/time-calls.ts'
import { canRun, runCommand } from './command.ts'
import { Compared } from './compared.ts'
import { joinVerdicts, verdict } from './judge.ts'
import type { Settings } from './settings.ts'
import type { Table } from './table.ts'

/** A way to sum an array over the ranks. */
interface Cell {
  name: string
  /** Starts the ranks. @returns the output of rank 0 */
  run(job: ReduceJob, worldSize: number): Promise<string>
}

/** Lengths of the arrays, and how many times as many calls as `--steps` are measured. */
const lengths = [
  { length: 10_000_000, share: 1 },
  { length: 1_000_000, share: 3 },
  { length: 1_000, share: 30 },
]

const mpirun = ['mpirun.openmpi', '--allow-run-as-root', '--oversubscribe']
const overTcp = ['--mca', 'btl', 'tcp,self']

const baselines = { tcp: 'Open MPI, TCP', memory: 'Open MPI, shared memory' }

/** Largest ratios of the Unix sockets to Open MPI, for the longest array. */
const goals = { tcp: 1.1, memory: 2.4 }

const about = `All ranks run on this machine and sum an array of float32 in place. ms: median of the calls of a job, on rank 0; median over the jobs.
Ours is the ring of the example trainer: over Unix sockets, over TCP, and over MPI_Isend and MPI_Irecv of Open MPI. Open MPI is its own
MPI_Allreduce (blocking, through koffi), over TCP (\`--mca btl tcp,self\`) and over shared memory. Ratios: median of the ratios of the jobs
in a round [95 % interval].`

/** Measures the all-reduce of the example trainer, and that of Open MPI if it is installed. */
export async function collectives({ pairs, steps, worldSizes, onProgress }: Settings): Promise<Table[]> {
  const cells = allCells()
  const tables: Table[] = []
  for (const worldSize of worldSizes) {
    for (const { length, share } of lengths) {
      const title = `${length.toLocaleString('en')} float32, ${worldSize} ranks`
      const job: ReduceJob = { length, calls: steps * share }
      const measure = async ({ run }: Cell): Promise<ReduceSample> => JSON.parse(await run(job, worldSize))
      const progress = (round: number) => onProgress(`${title}: round ${round} of ${pairs}`)
      const samples = await interleave(cells, pairs, measure, progress)
      tables.push({ title, about, rows: rowsOf(cells, samples, length) })
    }
  }
  return tables
}

function rowsOf(cells: readonly Cell[], samples: ReadonlyMap<Cell, ReduceSample[]>, length: number): Table['rows'] {
  const named = (wanted: string) => cells.find(({ name }) => name === wanted)
  const [own] = cells
  return cells.map((cell) => {
    const found = new Compared(cell, samples)
    const [tcp, memory] = [baselines.tcp, baselines.memory].map((name) => found.ratio(named(name), 'ms'))
    const hasGoal = cell === own && length === lengths[0]?.length
    return {
      name: cell.name,
      ms: found.median('ms'),
      'to ours, unix': found.ratio(own, 'ms'),
      'to Open MPI, TCP': tcp ?? null,
      'to Open MPI, shared memory': memory ?? null,
      goal: hasGoal
        ? joinVerdicts(verdict('TCP', tcp ?? null, goals.tcp), verdict('shared memory', memory ?? null, goals.memory))
        : '',
    }
  })
}

function allCells(): Cell[] {
  const ours = ['unix', 'unix (A/A)', 'tcp'].map((kind) => ({ name: `ours, ${kind}`, run: runOurs(kind) }))
  if (!canRun('mpirun.openmpi', '--version')) return ours
  return [
    ...ours,
    { name: 'ours, mpi over shared memory', run: runUnderMpi('our-rank', []) },
    { name: baselines.tcp, run: runUnderMpi('mpi-rank', overTcp) },
    { name: baselines.memory, run: runUnderMpi('mpi-rank', []) },
  ]
}

/** Starts ranks with torchrun's variables. */
function runOurs(kind: string): Cell['run'] {
  return async (job, worldSize) => {
    const runId = randomUUID()
    const ranks = Array.from({ length: worldSize }, (_, rank) => {
      const env = { PATH: process.env.PATH, ...torchrunEnv(rank, { worldSize, runId }) }
      return runCommand(command('our-rank', job), {
        name: 'ours',
        env: { ...env, DDP_COLLECTIVES: kind.split(' ')[0] },
      })
    })
    const [first] = await Promise.all(ranks)
    return first?.stdout as string
  }
}

function runUnderMpi(program: string, options: readonly string[]): Cell['run'] {
  return async (job, worldSize) => {
    const env = { PATH: process.env.PATH, HOME: process.env.HOME, DDP_COLLECTIVES: 'mpi' }
    const words = [...mpirun, ...options, '-n', `${worldSize}`, ...command(program, job)]
    return (await runCommand(words, { name: 'Open MPI', env })).stdout
  }
}

function command(program: string, job: ReduceJob): string[] {
  return [process.execPath, fileURLToPath(new URL(`./collectives/${program}.js`, import.meta.url)), JSON.stringify(job)]
}
