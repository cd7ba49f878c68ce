import type { PlannedCell } from './cells.ts'
import type { SuiteEvents } from './suite-options.ts'

/** Estimates how long a run takes, from its first job, and corrects that with each job. */
export class Progress {
  readonly #events: SuiteEvents
  readonly #stepsMs: number
  readonly #startMsPerRank: number
  readonly #plannedMs: number
  readonly #jobs: number
  #donePlannedMs = 0
  #doneJobs = 0
  #began = performance.now()

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
  ) {
    this.#events = events
    this.#stepsMs = stepsMs
    this.#startMsPerRank = startMsPerRank
    this.#plannedMs = rounds * cells.reduce((sum, cell) => sum + this.#jobMs(cell), 0)
    this.#jobs = rounds * cells.length
    events.onPlan(this.#plannedMs, this.#jobs)
  }

  begin(cell: PlannedCell): void {
    const { mode, ranks, disk, linesPerStep, lineBytes } = cell
    const doneMs = performance.now() - this.#began
    const pace = this.#donePlannedMs === 0 ? 1 : doneMs / this.#donePlannedMs
    const text = `${++this.#doneJobs}/${this.#jobs} ${disk}: ${mode}, ${ranks} ${ranks === 1 ? 'rank' : 'ranks'} × ${linesPerStep} lines of ${lineBytes} B`
    this.#events.onCell(text, doneMs, doneMs + pace * (this.#plannedMs - this.#donePlannedMs))
    this.#donePlannedMs += this.#jobMs(cell)
  }

  #jobMs({ ranks }: PlannedCell): number {
    return this.#stepsMs + ranks * this.#startMsPerRank
  }
}
