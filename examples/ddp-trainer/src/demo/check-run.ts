import type { TensorboardEvent } from 'pino-tensorboard'
import type { Sent } from './numbered-log.ts'

/** The output of a run: the counts of each rank, the text of each sink, the manifests of the split files, TensorBoard's events. */
export interface Run {
  /** Exit code of the training script; null after a signal. */
  exit: number | null
  sent: Sent[]
  file: string
  manifests: { rank: number | 'unknown'; lines: number }[]
  /** The files of each manifest. */
  split: string[]
  events: TensorboardEvent[]
  stdout: string
  stderr: string
}

/** The check of one sink. */
export interface SinkReport {
  sink: string
  /** Number of correct records of each rank. */
  found: number[]
  /** Number of lines that are not a whole record. */
  torn: number
  lost: number
  twice: number
  /** Number of records that the gate should not have let through, or that belong into another file. */
  stray: number
}

export interface RunReport {
  sent: number[]
  sinks: SinkReport[]
  /** Number of late records on stdout: those after a record with a later time. */
  late: number
  /** Descriptions of all faults. Empty if there are none. */
  problems: string[]
}

interface LogRecord {
  time: number
  rank: number
  seq: number
  err?: { stack: string }
  metrics?: Record<string, number>
  step?: number
  epoch?: number
}

/** Compares the records in each sink with the calls that each rank made. */
export function checkRun(
  { exit, sent, file, manifests, split, events, stdout, stderr }: Run,
  minAccuracy: number,
): RunReport {
  const all = sent.map(({ calls }) => Array.from({ length: calls.info + calls.warn + calls.error }, (_, seq) => seq))
  const gated = sent.map(({ errors }, rank) => (rank === 0 ? (all[0] ?? []) : errors))
  const sinks = [
    checkSink('train.log', sent.length, [{ text: file, expected: gated }]),
    checkSink(
      'train.rank-N.log',
      sent.length,
      split.map((text, at) => ({
        text,
        expected: all.map((seqs, rank) => (manifests[at]?.rank === rank ? seqs : [])),
      })),
    ),
    checkSink('stdout', sent.length, [{ text: stdout, expected: all }]),
    checkEvents('TensorBoard', sent.length, events, parse(file).records),
  ]

  const problems = sinks.flatMap(({ sink, found: _, ...counts }) =>
    Object.entries(counts).flatMap(([what, count]) => (count ? [`${sink}: ${count} ${what}`] : [])),
  )
  if (exit !== 0) problems.push(`training: exit code ${exit}`)
  if (!sent.every(({ rank }, place) => rank === place)) problems.push('a rank did not send its counts')
  for (const [rank, { length }] of all.entries()) {
    const { lines = 0 } = manifests.find((manifest) => manifest.rank === rank) ?? {}
    if (lines !== length)
      problems.push(`train.rank-N.log: the manifest of rank ${rank} has ${lines} of ${length} lines`)
  }
  const tags = events.flatMap(({ values }) => values.map(({ tag }) => tag))
  for (const tag of ['_hparams_/session_start_info', '_hparams_/session_end_info'])
    if (tags.filter((found) => found === tag).length !== 1) problems.push(`TensorBoard: expected one ${tag}`)
  const records = parse(file).records
  const stacks = records.flatMap(({ err }) => (err ? [err.stack] : []))
  if (!stacks.length) problems.push('train.log: no error with a stack')
  if (!stacks.every((stack) => stderr.includes(stack))) problems.push('stderr: a stack of train.log is missing')
  const accuracy = records.flatMap(({ metrics }) => metrics?.val_acc ?? []).at(-1) ?? 0
  if (!(accuracy >= minAccuracy)) problems.push(`accuracy: ${accuracy.toFixed(4)} is below ${minAccuracy}`)
  return {
    sent: all.map((numbers) => numbers.length),
    sinks,
    late: countLate(parse(stdout).records),
    problems,
  }
}

/** @param texts the sink's files, each with the call numbers that it should have, by rank */
function checkSink(sink: string, ranks: number, texts: { text: string; expected: number[][] }[]): SinkReport {
  const report: SinkReport = { sink, found: Array(ranks).fill(0), torn: 0, lost: 0, twice: 0, stray: 0 }
  for (const { text, expected } of texts) {
    const { records, torn } = parse(text)
    report.torn += torn
    const missing = expected.map((numbers) => new Set(numbers))
    const known = expected.map((numbers) => new Set(numbers))
    for (const { rank, seq } of records) {
      if (!known[rank]?.has(seq)) report.stray++
      else if (!missing[rank]?.delete(seq)) report.twice++
      else report.found[rank] = (report.found[rank] ?? 0) + 1
    }
    report.lost += missing.reduce((total, { size }) => total + size, 0)
  }
  return report
}

/** Checks that each metric record of the log is one event in TensorBoard's file. */
function checkEvents(sink: string, ranks: number, events: TensorboardEvent[], records: LogRecord[]): SinkReport {
  const report: SinkReport = { sink, found: Array(ranks).fill(0), torn: 0, lost: 0, twice: 0, stray: 0 }
  const expected = records.flatMap(({ metrics, step = 0, epoch }) => {
    if (!metrics) return []
    const values = Object.entries({ ...metrics, ...(epoch !== undefined && { epoch }) })
    return [JSON.stringify([step, ...values.map(([tag, value]) => [tag, Math.fround(value)])])]
  })
  const missing = new Set(expected)
  for (const { step, values } of events) {
    const scalars = values.filter(({ tag }) => !tag.startsWith('_hparams_/'))
    if (scalars.length === 0) continue
    const event = JSON.stringify([step, ...scalars.map(({ tag, value }) => [tag, value])])
    if (!expected.includes(event)) report.stray++
    else if (!missing.delete(event)) report.twice++
    else report.found[0] = (report.found[0] ?? 0) + 1
  }
  report.lost = missing.size
  return report
}

function countLate(records: LogRecord[]): number {
  let latest = 0
  let late = 0
  for (const { time } of records) {
    if (time < latest) late++
    else latest = time
  }
  return late
}

/** Returns the records of a text, and the number of its lines that are not a whole record. */
function parse(text: string): { records: LogRecord[]; torn: number } {
  const lines = text.split('\n')
  const tail = lines.pop() // empty after a whole line
  const records: LogRecord[] = []
  let torn = tail ? 1 : 0
  for (const line of lines) {
    try {
      records.push(JSON.parse(line))
    } catch {
      torn++
    }
  }
  return { records, torn }
}
