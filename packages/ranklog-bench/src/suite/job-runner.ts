import { freeBytes } from '../disks/index.ts'
import {
  type FoundPackage,
  maxSteps,
  minWarmUpSteps,
  modeOf,
  type Rival,
  roundOf,
  roundsPerMs,
  runJob,
  writersOf,
} from '../ranks/index.ts'
import type { Disk, Round } from '../results/index.ts'
import type { PlannedCell } from './cells.ts'
import type { SuiteOptions } from './suite-options.ts'

/** The first steps of a job are not reported, because the JIT compiler is still at work. The warm-up ends at the first of these limits; see {@link warmUpMsOf}. */
const maxWarmUpSteps = 200
const maxWarmUpMs = 2000

/** Minimum number of reported steps. A disk without room for them is an error, because quantiles would mean nothing. */
const minSteps = 10

/** Maximum number of step times in the samples of all rounds of a cell. */
const maxSample = 2000

/** Runs the jobs of a suite. */
export class JobRunner {
  /** Time that the reported steps of a job take together, in ms. */
  readonly stepsMs: number
  /** What ranks wrote to stderr. Each text appears once. */
  readonly messages: string[] = []
  readonly #folders: ReadonlyMap<Disk['name'], string>
  readonly #scratch: string
  readonly #rivals: Record<string, string>
  readonly #signal: AbortSignal
  readonly #roundsPerMs: number
  readonly #maxSample: number

  constructor(
    { durationMs, rounds, spin }: SuiteOptions,
    folders: ReadonlyMap<Disk['name'], string>,
    scratch: string,
    rivals: ReadonlyMap<Rival, FoundPackage>,
    signal: AbortSignal,
  ) {
    this.stepsMs = durationMs / rounds
    this.#maxSample = Math.ceil(maxSample / rounds)
    this.#folders = folders
    this.#scratch = scratch
    this.#rivals = Object.fromEntries([...rivals].map(([name, { path }]) => [name, path]))
    this.#signal = signal
    this.#roundsPerMs = spin ? roundsPerMs() : 0
  }

  /** Runs a job. @param durationMs time that its reported steps take together */
  async run(cell: PlannedCell, durationMs: number = this.stepsMs): Promise<Round> {
    const dir = this.#folders.get(cell.disk) as string
    const room = roomFor(cell, dir)
    const warmUpSteps = Math.max(minWarmUpSteps, Math.min(maxWarmUpSteps, Math.floor(room / 4)))
    const sample = await runJob(
      {
        mode: cell.mode,
        ranks: cell.ranks,
        dir,
        scratch: this.#scratch,
        lines: cell.linesPerStep,
        lineBytes: cell.lineBytes,
        stepMs: cell.stepMs,
        spinRounds: Math.round(cell.stepMs * this.#roundsPerMs),
        warmUpSteps,
        warmUpMs: warmUpMsOf(durationMs),
        durationMs,
        steps: room - warmUpSteps,
        fsync: cell.disk === 'fsync',
        rivals: this.#rivals,
      },
      this.#signal,
    )
    for (const message of sample.messages) this.#note(`"${cell.mode}": a rank wrote to stderr: ${message}`)
    return roundOf(sample, this.#maxSample)
  }

  #note(message: string): void {
    if (!this.messages.includes(message)) this.messages.push(message)
  }
}

/** Returns the maximum time of a job's warm-up, in ms. */
export function warmUpMsOf(durationMs: number): number {
  return Math.min(maxWarmUpMs, durationMs / 2)
}

/** Returns the maximum number of steps of a job, so that its lines take at most half of the free space. */
function roomFor({ mode, ranks, linesPerStep, lineBytes, disk }: PlannedCell, dir: string): number {
  const bytesPerStep = writersOf(modeOf(mode), ranks) * linesPerStep * lineBytes
  if (bytesPerStep === 0) return maxSteps
  const steps = Math.min(maxSteps, Math.floor(freeBytes(dir) / 2 / bytesPerStep))
  if (steps >= minWarmUpSteps + minSteps) return steps
  throw new Error(
    `ranklog-bench: the disk "${disk}" has no room for ${ranks} ranks × ${linesPerStep} lines of ${lineBytes} bytes: ` +
      `${minSteps} steps need ${(2 * (minWarmUpSteps + minSteps) * bytesPerStep) / 1e6} MB; free space on it, or choose fewer ranks or lines`,
  )
}
