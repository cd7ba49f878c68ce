import { type Estimate, median, quantile, randomFrom } from '../stats/index.ts'
import { controlRatio, isSameJob, minRounds, valuesOf } from './cells.ts'
import { comparability } from './comparability.ts'
import { noLogging } from './modes.ts'
import type { Cell, Result } from './result.ts'
import type { Table } from './table.ts'

export type Verdict = 'slower' | 'faster' | 'same within the noise' | `not comparable: ${string}`

/** The comparison of a cell in two runs. */
export interface Comparison extends Pick<Cell, 'disk' | 'mode' | 'ranks' | 'linesPerStep' | 'lineBytes' | 'part'> {
  /** Ratio of the medians, new ÷ old, with a bootstrap interval over the rounds of both; null if they are not comparable. */
  p50: Estimate | null
  p99: Estimate | null
  /** How far noise may move a ratio from 1, as a fraction; null if they are not comparable. */
  margin: number | null
  verdict: Verdict
}

const resamples = 10_000

/** The probability that at least one interval of a comparison misses its ratio. */
const missRate = 0.05

/**
 * Compares two runs cell by cell. A cell is slower or faster if the whole interval of a ratio is beyond the margin. The margin
 * is what the noise of both runs, and the change of the machine between them, explain. The intervals are corrected for the
 * number of ratios (Bonferroni), because of many uncorrected intervals some miss their ratio by chance and look like a
 * difference.
 */
export function compare(old: Result, now: Result): Comparison[] {
  const noise = Math.max(noiseOf(old), noiseOf(now))
  const { ofRuns, ofDisk } = comparability(old, now)
  const oldCellOf = (cell: Cell) => old.cells.find((other) => keyOf(other) === keyOf(cell))
  const pairs = now.cells.map((cell) => {
    const before = oldCellOf(cell)
    const why = ofRuns ?? ofDisk(cell.disk) ?? (before ? tooFew(before, cell) : 'not in the old run')
    return { cell, before, why }
  })
  const ratios = 2 * pairs.filter(({ why }) => why === undefined).length
  const cells = pairs.map(({ cell, before, why }): Comparison => {
    if (why !== undefined || !before) return notComparable(cell, why ?? '')
    const baselines = now.cells.filter((other) => isBaselineOf(other, cell))
    const margin = Math.max(noise, ...baselines.map((other) => driftOf(oldCellOf(other), other)))
    return compareCell(before, cell, margin, missRate / ratios)
  })
  const newKeys = new Set(now.cells.map(keyOf))
  const onlyOld = old.cells.filter((cell) => !newKeys.has(keyOf(cell)))
  return [...cells, ...onlyOld.map((cell) => notComparable(cell, 'not in this run'))]
}

/** Reports whether a mode became slower. No logging is not a mode in this sense: if it is slower, the machine changed. */
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
  const about = `Ratio of the medians of the rounds [interval; 95 % for all intervals together]. Noise: how much equal cells differ within each run, and no logging between the runs.
Slower, faster: the whole interval of p50 or p99 is beyond the noise.`
  return { title: 'Compared with the earlier run', about, rows }
}

/** Reports whether `other` is the same job as `cell` without logging, or the control of that job. */
function isBaselineOf(other: Cell, cell: Cell): boolean {
  const isPart = other.part === cell.part || other.part === 'control'
  return other.mode === noLogging && cell.mode !== noLogging && isPart && isSameJob(other, cell)
}

/** Returns how much the median p99 of a cell changed between two runs, as a fraction. */
function driftOf(before: Cell | undefined, after: Cell): number {
  if (!before) return 0
  const change = median(valuesOf(after, 'p99')) / median(valuesOf(before, 'p99'))
  return Math.max(change, 1 / change) - 1
}

/** Returns how much a run varies, as a fraction: the rounds of a cell, and controls from the cells that they repeat. */
function noiseOf({ cells, noise }: Result): number {
  const controls = cells.filter(({ part }) => part === 'control').map((control) => controlRatio(cells, control))
  return Math.max(noise.spread, ...controls.map((found) => (found ? Math.abs(found.median - 1) : 0)))
}

function compareCell(before: Cell, cell: Cell, margin: number, missRate: number): Comparison {
  const p50 = ratioOfMedians(valuesOf(cell, 'p50'), valuesOf(before, 'p50'), missRate)
  const p99 = ratioOfMedians(valuesOf(cell, 'p99'), valuesOf(before, 'p99'), missRate)
  const verdicts = [verdictOf(p99, margin), verdictOf(p50, margin)]
  const verdict = (['slower', 'faster'] as const).find((found) => verdicts.includes(found))
  return { ...nameOf(cell), p50, p99, margin, verdict: verdict ?? 'same within the noise' }
}

function verdictOf({ low, high }: Estimate, margin: number): Verdict {
  if (low > 1 + margin) return 'slower'
  return high < 1 / (1 + margin) ? 'faster' : 'same within the noise'
}

/**
 * Returns the ratio of two medians with its percentile bootstrap interval. The rounds of two runs are not pairs, so each run
 * is resampled separately. With few rounds, the interval cannot be wider than the range of their ratios.
 *
 * @param missRate the probability that the interval misses the ratio
 */
function ratioOfMedians(values: readonly number[], base: readonly number[], missRate: number): Estimate {
  const random = randomFrom(1)
  const resample = (from: readonly number[]) =>
    median(from.map(() => from[Math.floor(random() * from.length)] as number))
  const ratios = Array.from({ length: resamples }, () => resample(values) / resample(base))
  return {
    median: median(values) / median(base),
    low: quantile(ratios, missRate / 2),
    high: quantile(ratios, 1 - missRate / 2),
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
