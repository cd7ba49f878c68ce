import { type Estimate, median, quantile, randomFrom } from '../stats/index.ts'
import { controlRatio, isSameJob, minRounds, valuesOf } from './cells.ts'
import { comparability } from './comparability.ts'
import { noLogging } from './modes.ts'
import type { Cell, Result } from './result.ts'
import type { Table } from './table.ts'

export type Verdict = 'slower' | 'faster' | 'same within the noise' | `not comparable: ${string}`

/** One cell of two runs. */
export interface Comparison extends Pick<Cell, 'disk' | 'mode' | 'ranks' | 'linesPerStep' | 'lineBytes' | 'part'> {
  /** New ÷ old, of the medians, with a bootstrap interval over the rounds of both; null where they are not comparable. */
  p50: Estimate | null
  p99: Estimate | null
  /** How far, as a part, the noise of both runs may move a ratio from 1; null where they are not comparable. */
  margin: number | null
  verdict: Verdict
}

const resamples = 10_000

/** The chance that any interval of a comparison misses its ratio. */
const missing = 0.05

/**
 * Compares two runs cell by cell. A cell is slower or faster if the whole interval of a ratio is beyond its margin: what the noise of
 * both runs, and the change of the machine between them, explain. The intervals hold for all ratios together with 95 % (Bonferroni's
 * correction): 20 intervals of 95 % each would miss one ratio on average, and call it a difference.
 */
export function compare(old: Result, now: Result): Comparison[] {
  const noise = Math.max(noiseOf(old), noiseOf(now))
  const { ofRuns, ofDisk } = comparability(old, now)
  const twinOf = (cell: Cell) => old.cells.find((other) => keyOf(other) === keyOf(cell))
  const pairs = now.cells.map((cell) => {
    const before = twinOf(cell)
    const why = ofRuns ?? ofDisk(cell.disk) ?? (before ? tooFew(before, cell) : 'not in the old run')
    return { cell, before, why }
  })
  const ratios = 2 * pairs.filter(({ why }) => why === undefined).length
  const cells = pairs.map(({ cell, before, why }): Comparison => {
    if (why !== undefined || !before) return notComparable(cell, why ?? '')
    const idle = now.cells.filter((other) => isIdleTwin(other, cell))
    const margin = Math.max(noise, ...idle.map((other) => driftOf(twinOf(other), other)))
    return compared(before, cell, margin, missing / ratios)
  })
  const known = new Set(now.cells.map(keyOf))
  const gone = old.cells.filter((cell) => !known.has(keyOf(cell)))
  return [...cells, ...gone.map((cell) => notComparable(cell, 'not in this run'))]
}

/** Reports whether a mode became slower, and not the machine: no logging is none of ours or of a rival. */
export function isRegression({ mode, verdict }: Comparison): boolean {
  return mode !== noLogging && verdict === 'slower'
}

/** Returns the comparison as a table. */
export function compareTable(comparisons: readonly Comparison[]): Table {
  const rows = comparisons.map(({ p50, p99, ...cell }) => ({
    disk: cell.disk,
    mode: cell.part === 'control' ? `${cell.mode} (control)` : cell.mode,
    ranks: cell.ranks,
    'lines a step': cell.linesPerStep,
    'bytes a line': cell.lineBytes,
    'p50, new ÷ old': p50,
    'p99, new ÷ old': p99,
    'noise ±%': cell.margin === null ? null : cell.margin * 100,
    verdict: cell.verdict,
  }))
  const about = `Ratio of the medians of the rounds [interval; 95 % for all of them together]. Noise: what equal cells differ by in either run, and no logging between them. Slower,
faster: the whole interval of p50 or p99 is beyond the noise.`
  return { title: 'Compared with the earlier run', about, rows }
}

/** Reports whether a cell is the job of another without a log call, or the control of that. */
function isIdleTwin(other: Cell, cell: Cell): boolean {
  const isPart = other.part === cell.part || other.part === 'control'
  return other.mode === noLogging && cell.mode !== noLogging && isPart && isSameJob(other, cell)
}

/** Returns how far the median p99 of a cell moved between two runs, as a part. */
function driftOf(before: Cell | undefined, after: Cell): number {
  if (!before) return 0
  const moved = median(valuesOf(after, 'p99')) / median(valuesOf(before, 'p99'))
  return Math.max(moved, 1 / moved) - 1
}

/** Returns how much equal cells of a run differ, as a part: the rounds of a cell, and the controls from what they repeat. */
function noiseOf({ cells, noise }: Result): number {
  const controls = cells.filter(({ part }) => part === 'control').map((control) => controlRatio(cells, control))
  return Math.max(noise.spread, ...controls.map((found) => (found ? Math.abs(found.median - 1) : 0)))
}

function compared(before: Cell, cell: Cell, margin: number, missing: number): Comparison {
  const p50 = ratioOfMedians(valuesOf(cell, 'p50'), valuesOf(before, 'p50'), missing)
  const p99 = ratioOfMedians(valuesOf(cell, 'p99'), valuesOf(before, 'p99'), missing)
  const verdicts = [verdictOf(p99, margin), verdictOf(p50, margin)]
  const verdict = (['slower', 'faster'] as const).find((found) => verdicts.includes(found))
  return { ...nameOf(cell), p50, p99, margin, verdict: verdict ?? 'same within the noise' }
}

function verdictOf({ low, high }: Estimate, margin: number): Verdict {
  if (low > 1 + margin) return 'slower'
  return high < 1 / (1 + margin) ? 'faster' : 'same within the noise'
}

/**
 * Returns the ratio of two medians with the percentile bootstrap of it: rounds of two runs are no pairs, so each run is resampled alone.
 * Of few rounds the widest interval is the range of their ratios.
 *
 * @param missing the chance that the interval misses the ratio
 */
function ratioOfMedians(values: readonly number[], base: readonly number[], missing: number): Estimate {
  const random = randomFrom(1)
  const resampled = (from: readonly number[]) =>
    median(from.map(() => from[Math.floor(random() * from.length)] as number))
  const ratios = Array.from({ length: resamples }, () => resampled(values) / resampled(base))
  return {
    median: median(values) / median(base),
    low: quantile(ratios, missing / 2),
    high: quantile(ratios, 1 - missing / 2),
  }
}

function tooFew(...cells: readonly Cell[]): string | undefined {
  const rounds = Math.min(...cells.map((cell) => cell.rounds.length))
  return rounds < minRounds ? `${rounds} of at least ${minRounds} rounds` : undefined
}

function notComparable(cell: Cell, why: string): Comparison {
  return { ...nameOf(cell), p50: null, p99: null, margin: null, verdict: `not comparable: ${why}` }
}

function nameOf({
  disk,
  mode,
  ranks,
  linesPerStep,
  lineBytes,
  part,
}: Cell): Omit<Comparison, 'p50' | 'p99' | 'margin' | 'verdict'> {
  return { disk, mode, ranks, linesPerStep, lineBytes, part }
}

function keyOf({ part, disk, mode, ranks, linesPerStep, lineBytes }: Cell): string {
  return [part, disk, mode, ranks, linesPerStep, lineBytes].join(' ')
}
