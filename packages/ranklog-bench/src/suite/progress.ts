import type { PlannedCell } from './cells.ts'
import type { SuiteEvents } from './suite-options.ts'

/** The time that jobs took, and the time that was planned for them, in ms. */
interface JobTimes {
  ms: number
  plannedMs: number
}

/** The first round corrects the plan. A correction by less than this is not worth a message. */
const minCorrection = 1.2

/**
 * Estimates how long a run takes: at first from its first job, and then from the jobs that have ended. The plan for a job is multiplied
 * by the factor by which earlier jobs exceeded theirs: those of the same cell, or else of the same mode, or else all. Modes differ
 * much, because a job ends only when everything that its ranks wrote is on the disk.
 */
export class Progress {
  readonly #events: SuiteEvents
  readonly #stepsMs: number
  readonly #startMsPerRank: number
  readonly #rounds: number
  readonly #now: () => number
  /** How many jobs of each cell are left. */
  readonly #left: Map<PlannedCell, number>
  readonly #byCell = new Map<PlannedCell, JobTimes>()
  readonly #byMode = new Map<string, JobTimes>()
  readonly #all: JobTimes = { ms: 0, plannedMs: 0 }
  readonly #plannedMs: number
  readonly #began: number
  #job: { cell: PlannedCell; began: number } | undefined
  #started = 0

  /**
   * @param stepsMs how long the steps of a job take, with its warm-up
   * @param startMsPerRank how long a rank takes to start and to end, measured with the first job
   */
  constructor(
    events: SuiteEvents,
    cells: readonly PlannedCell[],
    rounds: number,
    stepsMs: number,
    startMsPerRank: number,
    now: () => number = () => performance.now(),
  ) {
    this.#events = events
    this.#stepsMs = stepsMs
    this.#startMsPerRank = startMsPerRank
    this.#rounds = rounds
    this.#now = now
    this.#left = new Map(cells.map((cell) => [cell, rounds]))
    this.#began = now()
    this.#plannedMs = this.#leftMs()
    events.onPlan(this.#plannedMs, rounds * cells.length)
  }

  /** Call it when a job starts. The job before has ended then. */
  begin(cell: PlannedCell): void {
    this.#endJob()
    const { mode, ranks, disk, linesPerStep, lineBytes } = cell
    const doneMs = this.#now() - this.#began
    const totalMs = doneMs + this.#leftMs()
    const jobs = this.#rounds * this.#left.size
    if (this.#started === this.#left.size && totalMs > this.#plannedMs * minCorrection)
      this.#events.onPlan(totalMs, jobs)
    const text = `${++this.#started}/${jobs} ${disk}: ${mode}, ${ranks} ${ranks === 1 ? 'rank' : 'ranks'} × ${linesPerStep} lines of ${lineBytes} B`
    this.#events.onCell(text, doneMs, totalMs)
    this.#left.set(cell, (this.#left.get(cell) ?? 1) - 1)
    this.#job = { cell, began: this.#now() }
  }

  #endJob(): void {
    if (!this.#job) return
    const { cell, began } = this.#job
    const ms = this.#now() - began
    const plannedMs = this.#jobMs(cell)
    for (const times of [entryOf(this.#byCell, cell), entryOf(this.#byMode, cell.mode), this.#all]) {
      times.ms += ms
      times.plannedMs += plannedMs
    }
  }

  #leftMs(): number {
    let ms = 0
    for (const [cell, jobs] of this.#left) {
      const times = this.#byCell.get(cell) ?? this.#byMode.get(cell.mode) ?? this.#all
      ms += jobs * this.#jobMs(cell) * (times.plannedMs > 0 ? times.ms / times.plannedMs : 1)
    }
    return ms
  }

  #jobMs({ ranks }: PlannedCell): number {
    return this.#stepsMs + ranks * this.#startMsPerRank
  }
}

function entryOf<Key>(known: Map<Key, JobTimes>, key: Key): JobTimes {
  const times = known.get(key) ?? { ms: 0, plannedMs: 0 }
  known.set(key, times)
  return times
}
