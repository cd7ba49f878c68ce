import type { Sent } from './numbered-log.ts'

/** What a run has left: the ranks' own counts, the text of each sink, and the split files' manifests. */
export interface Run {
  /** Exit code of the training script; null after a signal. */
  exit: number | null
  sent: Sent[]
  file: string
  manifests: { rank: number | 'unknown'; lines: number }[]
  /** The files of each manifest. */
  split: string[]
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
  /** Empty when all is well. */
  problems: string[]
}

interface LogRecord {
  rank: number
  seq: number
  err?: { stack: string }
  metrics?: Record<string, number>
}

/** Compares what each sink holds with what each rank gave its logger. */
export function checkRun(
  { exit, sent, file, manifests, split, stdout, stderr }: Run,
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
  const records = parse(file).records
  const stacks = records.flatMap(({ err }) => (err ? [err.stack] : []))
  if (!stacks.length) problems.push('train.log: no error with a stack')
  if (!stacks.every((stack) => stderr.includes(stack))) problems.push('stderr: a stack of train.log is missing')
  const accuracy = records.flatMap(({ metrics }) => metrics?.val_acc ?? []).at(-1) ?? 0
  if (!(accuracy >= leastAccuracy)) problems.push(`accuracy: ${accuracy.toFixed(4)} is below ${leastAccuracy}`)
  return { sent: all.map((numbers) => numbers.length), sinks, problems }
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
