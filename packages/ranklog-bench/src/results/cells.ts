import { type Estimate, ratio } from '../stats/index.ts'
import { noLogging } from './modes.ts'
import type { Cell, Disk, Result, Round } from './result.ts'

/** Minimum number of rounds for an interval. With fewer, it misses the true median too often: for n rounds, at 2 × 0.5^n. */
export const minRounds = 5

/** Cells that can be compared: different modes with the same ranks, lines and line size on the same disk. */
export interface Question {
  disk: Disk
  ranks: number
  linesPerStep: number
  lineBytes: number
  /** The job without logging. Undefined: it was not measured. */
  baseline?: Cell
  /** A second measurement of the job without logging, with the same ranks. */
  control?: Cell
  /** The ratio of `control` to the cell that it repeats: how much two equal cells differ. */
  noise?: Estimate
  /** The other modes, in the order of the result. */
  modes: Cell[]
}

/** Returns the question with the largest job on each disk: by ranks, then by lines, then by line size. */
export function hardestQuestions(result: Result): Question[] {
  return result.disks.flatMap((disk) => {
    const candidates = result.cells.filter((cell) => cell.disk === disk.name && cell.part === 'modes')
    const [hardest] = candidates.toSorted(
      (a, b) => b.ranks - a.ranks || b.linesPerStep - a.linesPerStep || b.lineBytes - a.lineBytes,
    )
    return hardest ? [questionOf(result, disk, hardest)] : []
  })
}

function questionOf({ cells }: Result, disk: Disk, job: Cell): Question {
  const modes = cells.filter((cell) => cell.part === 'modes' && isSameJob(cell, job))
  const baseline = modes.find(({ mode }) => mode === noLogging)
  const control = controlOf(cells, job)
  const noise = control && controlRatio(cells, control)
  return {
    disk,
    ranks: job.ranks,
    linesPerStep: job.linesPerStep,
    lineBytes: job.lineBytes,
    ...(baseline && { baseline }),
    ...(control && { control }),
    ...(noise && { noise }),
    modes: modes.filter((cell) => cell !== baseline),
  }
}

/** Reports whether two cells have the same disk, ranks, lines and line size. */
export function isSameJob(a: Cell, b: Cell): boolean {
  const { disk, ranks, linesPerStep, lineBytes } = b
  return a.disk === disk && a.ranks === ranks && a.linesPerStep === linesPerStep && a.lineBytes === lineBytes
}

/** Returns the control of a job. If it has none, a control with another number of lines will do, because it logs nothing. */
function controlOf(cells: readonly Cell[], job: Cell): Cell | undefined {
  const controls = cells.filter(
    ({ part, disk, ranks }) => part === 'control' && disk === job.disk && ranks === job.ranks,
  )
  return controls.find((control) => isSameJob(control, job)) ?? controls[0]
}

/** Returns the ratio of a control to the cell that it repeats; null if there is no such cell. */
export function controlRatio(cells: readonly Cell[], control: Cell): Estimate | null {
  const repeated = cells.find((cell) => cell.part === 'modes' && cell.mode === control.mode && isSameJob(cell, control))
  return roundRatio(control, repeated, 'p99')
}

/** Returns one figure of each round. */
export function valuesOf(cell: Cell, figure: 'p50' | 'p99'): number[] {
  return cell.rounds.map((round) => round[figure])
}

/** Returns the mean time in the log calls of a step, in ms: that of rank 0 or that of the other ranks, whichever is longer. */
export function longerStall({ stallRank0, stallOthers }: Round): number {
  return Math.max(stallRank0, stallOthers ?? 0)
}

/** Returns the median of the ratios of two cells in the same round, with its interval; null if there are no such rounds. */
export function roundRatio(cell: Cell, base: Cell | undefined, figure: 'p50' | 'p99'): Estimate | null {
  if (base === undefined) return null
  const rounds = Math.min(cell.rounds.length, base.rounds.length)
  if (rounds === 0) return null
  return ratio(valuesOf(cell, figure).slice(0, rounds), valuesOf(base, figure).slice(0, rounds))
}

/** What a ratio shows. `open`: nothing, because there are too few rounds or nothing to compare with. */
export type Effect = 'slower' | 'faster' | 'same' | 'open'

/** Returns what the ratio of a mode to no logging shows. Its interval must lie outside that of the control to show a difference. */
export function effectOf(cell: Cell, { baseline, noise }: Question): Effect {
  const found = roundRatio(cell, baseline, 'p99')
  if (found === null || Math.min(cell.rounds.length, baseline?.rounds.length ?? 0) < minRounds) return 'open'
  if (found.low > Math.max(1, noise?.high ?? 1)) return 'slower'
  return found.high < Math.min(1, noise?.low ?? 1) ? 'faster' : 'same'
}

/** Sums one count over all rounds. */
export function total(cell: Cell, figure: keyof Round & ('logged' | 'found' | 'torn' | 'lost' | 'twice')): number {
  return cell.rounds.reduce((sum, round) => sum + round[figure], 0)
}
