import { type Estimate, median } from '../stats/index.ts'
import { hardestQuestions, minRounds, type Question, roundRatio, total } from './cells.ts'
import type { Cell, Result, Round } from './result.ts'
import type { Table, Value } from './table.ts'

const about = `A step is the work, the log calls and the wait for the slowest rank. p50, p99: over the steps of all ranks, medians of the
rounds. ÷ no logging: of p99, the median ratio of rounds that ran after each other [95 % interval, from ${minRounds} rounds on]; the control is no logging once more.
Stall: time in the log calls of a step and in the turn of the event loop after them. Barrier loss: the wait for the slowest rank. Lost, torn: lines of all rounds.`

/** Returns the table of the short answer: each mode on each disk, for the largest job that was measured. */
export function answerTable(result: Result): Table {
  const questions = hardestQuestions(result)
  const jobs = new Set(questions.map(jobText))
  const title = jobs.size === 1 ? `${[...jobs]}` : 'Each mode with the most ranks and lines'
  const rows = questions.flatMap((question) => rowsOf(question, { disk: questions.length > 1, job: jobs.size > 1 }))
  return { title, about, rows }
}

function jobText({ ranks, linesPerStep, lineBytes }: Question): string {
  return `${ranks} ${ranks === 1 ? 'rank' : 'ranks'}, ${linesPerStep} lines a step, ${lineBytes} B a line`
}

function rowsOf(question: Question, names: { disk: boolean; job: boolean }): Table['rows'] {
  const { disk, baseline, control, noise, modes } = question
  const head = { ...(names.disk && { disk: disk.name }), ...(names.job && { job: jobText(question) }) }
  const rowOf = (mode: string, cell: Cell, ratio: Estimate | null | undefined): Table['rows'][number] => ({
    ...head,
    mode,
    'p50 ms': medianOf(cell, 'p50'),
    'p99 ms': medianOf(cell, 'p99'),
    '÷ no logging': ratio ? withInterval(ratio, cell) : null,
    'stall of rank 0 ms': medianOf(cell, 'stallRank0'),
    'of others ms': medianOf(cell, 'stallOthers'),
    'barrier loss ms': medianOf(cell, 'barrierLoss'),
    lost: total(cell, 'lost'),
    torn: total(cell, 'torn'),
  })
  return [
    ...(baseline ? [rowOf(baseline.mode, baseline, null)] : []),
    ...(control ? [rowOf(`${control.mode} (control)`, control, noise)] : []),
    ...modes.map((cell) => rowOf(cell.mode, cell, roundRatio(cell, baseline, 'p99'))),
  ]
}

/** Returns a ratio with its interval; with too few rounds for an interval, only the median. */
function withInterval(ratio: Estimate, { rounds }: Cell): Value {
  return rounds.length < minRounds ? ratio.median : ratio
}

type NumberOf = { [Key in keyof Round]: Round[Key] extends number | null ? Key : never }[keyof Round]

/** Returns the median of a figure over the rounds; null if it was not measured. */
export function medianOf(cell: Cell, figure: NumberOf & string): number | null {
  const values = cell.rounds.map((round) => round[figure] ?? Number.NaN).filter((value) => !Number.isNaN(value))
  return values.length > 0 ? median(values) : null
}
