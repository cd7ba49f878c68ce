import type { TensorboardEvent } from 'pino-tensorboard'
import type { Sent } from './numbered-log.ts'

/** What a run has left: the ranks' own counts, the text of each sink, the split files' manifests, TensorBoard's events. */
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

/** One sink: the records found of each rank, and how many are not as they should be. */
export interface SinkReport {
  sink: string
  found: number[]
  /** Lines that are no whole record. */
  torn: number
  lost: number
  twice: number
  /** Records that the gate should have held back, or of another rank. */
  stray: number
}

export interface RunReport {
  sent: number[]
  sinks: SinkReport[]
  /** Number of records of stdout that came after a later one. */
  behind: number
  /** Empty when all is well. */
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

/** Compares what each sink holds with what each rank gave its logger. */
export function checkRun(
  { exit, sent, file, manifests, split, events, stdout, stderr }: Run,
  leastAccuracy: number,
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
  if (!sent.every(({ rank }, place) => rank === place)) problems.push('a rank did not tell what it sent')
  for (const [rank, { length }] of all.entries()) {
    const { lines = 0 } = manifests.find((manifest) => manifest.rank === rank) ?? {}
    if (lines !== length)
      problems.push(`train.rank-N.log: the manifest of rank ${rank} has ${lines} lines of ${length}`)
  }
  const tags = events.flatMap(({ values }) => values.map(({ tag }) => tag))
  for (const tag of ['_hparams_/session_start_info', '_hparams_/session_end_info'])
    if (tags.filter((found) => found === tag).length !== 1) problems.push(`TensorBoard: not one ${tag}`)
  const records = parse(file).records
  const stacks = records.flatMap(({ err }) => (err ? [err.stack] : []))
  if (!stacks.length) problems.push('train.log: no error with a stack')
  if (!stacks.every((stack) => stderr.includes(stack))) problems.push('stderr: a stack of train.log is missing')
  const accuracy = records.flatMap(({ metrics }) => metrics?.val_acc ?? []).at(-1) ?? 0
  if (!(accuracy >= leastAccuracy)) problems.push(`accuracy: ${accuracy.toFixed(4)} is below ${leastAccuracy}`)
  return {
    sent: all.map((numbers) => numbers.length),
    sinks,
    behind: countBehind(parse(stdout).records),
    problems,
  }
}

/** @param texts the sink's files, each with the numbers of each rank that it should hold */
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

/** Are the metric records of a log the events of its run, each once? */
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

function countBehind(records: LogRecord[]): number {
  let latest = 0
  let behind = 0
  for (const { time } of records) {
    if (time < latest) behind++
    else latest = time
  }
  return behind
}

/** The whole records of a text, and the number of lines that are none. */
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
