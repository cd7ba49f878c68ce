import { type Cell, hardestQuestions, kindOf, type Result, type Round } from '../results/index.ts'

type Timeline = NonNullable<Round['timeline']>
type Step = Timeline[number][number]

/** A step in which ranks waited for another rank's log calls. */
export interface Stall {
  cell: Cell
  timeline: Timeline
  /** Index of the step in the timeline, and the rank with the longest log calls in that step. */
  step: number
  rank: number
  /** Time that this rank was in its log calls in that step, in ms. */
  stallMs: number
  /** Time that all other ranks together waited in the barrier of that step, in ms. */
  waitMs: number
  /** Number of ranks whose log calls took at least half of `stallMs`, including `rank`. */
  stalled: number
}

/**
 * Returns the step in which ranks waited longest, among the modes of other loggers in which every rank writes. Only steps
 * count in which log calls took longer than the work. Prefers the jobs of the short answer, then steps in which only one rank
 * had long log calls.
 */
export function worstStall(result: Result): Stall | undefined {
  const answerCells = hardestQuestions(result).flatMap(({ modes }) => modes)
  return worstOf(answerCells) ?? worstOf(result.cells.filter(({ part }) => part !== 'control'))
}

function worstOf(cells: readonly Cell[]): Stall | undefined {
  const stalls = cells
    .filter((cell) => kindOf(cell.mode) === 'ungated' && cell.ranks > 1)
    .flatMap((cell) => cell.rounds.flatMap(({ timeline }) => (timeline ? stallsOf(cell, timeline) : [])))
  const alone = stalls.filter(({ stalled }) => stalled === 1)
  return (alone.length > 0 ? alone : stalls).toSorted((a, b) => b.waitMs - a.waitMs)[0]
}

function stallsOf(cell: Cell, timeline: Timeline): Stall[] {
  const steps = Math.min(...timeline.map((ranks) => ranks.length))
  if (timeline.length < 2 || !Number.isFinite(steps)) return []
  return Array.from({ length: steps }, (_, step) => {
    const now = timeline.map((ranks) => ranks[step] as Step)
    const stalls = now.map(([, , stall]) => stall)
    const stallMs = Math.max(...stalls)
    const rank = stalls.indexOf(stallMs)
    const waitMs = now.reduce((sum, [, , , wait], other) => (other === rank ? sum : sum + wait), 0)
    const stalled = stalls.filter((stall) => stall >= stallMs / 2).length
    return { stall: { cell, timeline, step, rank, stallMs, waitMs, stalled }, workMs: (now[rank] as Step)[1] }
  }).flatMap(({ stall, workMs }) => (stall.stallMs > workMs ? [stall] : []))
}

/** Returns the first and last step to draw: those around the stall, for a little more than half its time before and after it. */
export function stepsAround({ timeline, step }: Stall): [first: number, last: number] {
  const steps = Math.min(...timeline.map((ranks) => ranks.length))
  const start = (at: number) => Math.min(...timeline.map((ranks) => (ranks[at] as Step)[0]))
  const end = (at: number) =>
    Math.max(...timeline.map((ranks) => (ranks[at] as Step).reduce((sum, part) => sum + part, 0)))
  const length = end(step) - start(step)
  let [first, last] = [step, step]
  while (first > 0 && start(step) - start(first) < 0.6 * length) first--
  while (last < steps - 1 && end(last) - end(step) < 0.6 * length) last++
  return [first, last]
}
