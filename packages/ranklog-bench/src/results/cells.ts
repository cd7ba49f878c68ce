import { type Estimate, ratio } from '../stats/index.ts'
import { noLogging } from './modes.ts'
import type { Cell, Disk, Result, Round } from './result.ts'

/** Fewer rounds give an interval that misses the true median too often: 2 × 0.5^5 is 6 %. */
export const minRounds = 5

/** The cells of one question: the same ranks, lines and sizes on one disk, in different modes. */
export interface Question {
  disk: Disk
  ranks: number
  linesPerStep: number
  lineBytes: number
  /** The job without a log call; undefined: it was not measured. */
  baseline?: Cell
  /** Without a log call once more, with the same ranks. */
  control?: Cell
  /** What two equal cells differ by: the ratio of `control` to the cell that it repeats. */
  noise?: Estimate
  /** The other modes, in the order of the result. */
  modes: Cell[]
}

/** Returns the hardest question of each disk: the most ranks, then the most lines, then the largest lines. */
export function hardestQuestions(result: Result): Question[] {
  return result.disks.flatMap((disk) => {
    const asked = result.cells.filter((cell) => cell.disk === disk.name && cell.part === 'modes')
    const [hardest] = asked.toSorted(
      (a, b) => b.ranks - a.ranks || b.linesPerStep - a.linesPerStep || b.lineBytes - a.lineBytes,
    )
    return hardest ? [questionOf(result, disk, hardest)] : []
  })
}

function questionOf({ cells }: Result, disk: Disk, job: Cell): Question {
  const asked = cells.filter((cell) => cell.part === 'modes' && isSameJob(cell, job))
  const baseline = asked.find(({ mode }) => mode === noLogging)
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
    modes: asked.filter((cell) => cell !== baseline),
  }
}

/** Reports whether two cells are the same job, but for the mode. */
export function isSameJob(a: Cell, b: Cell): boolean {
  const { disk, ranks, linesPerStep, lineBytes } = b
  return a.disk === disk && a.ranks === ranks && a.linesPerStep === linesPerStep && a.lineBytes === lineBytes
}

/** Returns the control of the same job; else, since a control logs nothing, that of another number of lines. */
function controlOf(cells: readonly Cell[], job: Cell): Cell | undefined {
  const controls = cells.filter(
    ({ part, disk, ranks }) => part === 'control' && disk === job.disk && ranks === job.ranks,
  )
  return controls.find((control) => isSameJob(control, job)) ?? controls[0]
}

/** Returns the ratio of a control to the cell that it repeats; null without that. */
export function controlRatio(cells: readonly Cell[], control: Cell): Estimate | null {
  const repeated = cells.find((cell) => cell.part === 'modes' && cell.mode === control.mode && isSameJob(cell, control))
  return roundRatio(control, repeated, 'p99')
}

/** Returns one figure of each round. */
export function valuesOf(cell: Cell, figure: 'p50' | 'p99'): number[] {
  return cell.rounds.map((round) => round[figure])
}

/** Mean time that a rank spends in the log calls of a step, in ms: rank 0, or the others, whichever log for longer. */
export function longerStall({ stallRank0, stallOthers }: Round): number {
  return Math.max(stallRank0, stallOthers ?? 0)
}

/** Returns the median ratio of rounds that were measured after each other, with its interval; null without such rounds. */
export function roundRatio(cell: Cell, base: Cell | undefined, figure: 'p50' | 'p99'): Estimate | null {
  if (base === undefined) return null
  const rounds = Math.min(cell.rounds.length, base.rounds.length)
  if (rounds === 0) return null
  return ratio(valuesOf(cell, figure).slice(0, rounds), valuesOf(base, figure).slice(0, rounds))
}

/** What a ratio supports. `open`: nothing, because there are too few rounds or nothing to compare with. */
export type Effect = 'slower' | 'faster' | 'same' | 'open'

/** Returns what the ratio of a mode to no logging supports: a difference must be outside of its interval and of the control's. */
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
