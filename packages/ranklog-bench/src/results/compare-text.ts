import { countText } from 'pino-rank/sink'
import { type Comparison, compare, compareTable, isRegression } from './compare.ts'
import { percentText, timesText } from './figures.ts'
import { noLogging } from './modes.ts'
import type { Result } from './result.ts'
import { renderTables } from './table.ts'

/** The comparison of two runs as texts. */
export interface CompareText {
  /** A summary and a table, in Markdown. */
  markdown: string
  /** A sentence for each mode that became slower. */
  slower: string[]
}

/** Compares a run with an earlier one. */
export function compareText(old: Result, now: Result): CompareText {
  const comparisons = compare(old, now)
  const slower = comparisons
    .filter(isRegression)
    .map((cell) => `slower than before: ${nameOf(cell)}: ${ratiosOf(cell)}`)
  return { markdown: `${summary(comparisons)}\n\n${renderTables([compareTable(comparisons)])}\n`, slower }
}

/** Returns a summary with the number of each verdict, and a sentence if no logging itself became slower. */
function summary(comparisons: readonly Comparison[]): string {
  const modes = comparisons.filter(({ mode }) => mode !== noLogging)
  const counts = new Map<string, number>()
  for (const { verdict } of modes) {
    const kind = verdict.replace(/:.*/s, '')
    counts.set(kind, (counts.get(kind) ?? 0) + 1)
  }
  const texts = [...counts].map(([kind, count]) => `${count} ${kind}`)
  const slowerIdle = comparisons.filter(
    ({ mode, part, verdict }) => mode === noLogging && part === 'modes' && verdict === 'slower',
  )
  const machine = slowerIdle.map(
    (cell) => ` No logging itself became slower (${nameOf(cell)}: ${ratiosOf(cell)}): the machine changed.`,
  )
  return `Of ${countText(modes.length, 'cell')} with a log call: ${texts.join(', ') || 'none'}.${machine[0] ?? ''}`
}

function nameOf({ disk, mode, ranks, linesPerStep, lineBytes }: Comparison): string {
  return `${mode}, ${countText(ranks, 'rank')}, ${linesPerStep} × ${lineBytes} B, disk ${disk}`
}

function ratiosOf({ p50, p99, margin }: Comparison): string {
  const noise = margin === null ? '' : `, noise ${percentText(margin)}`
  return `p50 ${timesText(p50?.median ?? Number.NaN)}, p99 ${timesText(p99?.median ?? Number.NaN)}${noise}`
}
