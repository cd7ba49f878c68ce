import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { ProcessState } from 'pino-rank/process'
import { fieldOf, pinoLevels, recordLevel } from 'pino-rank/record'
import { LineTime, recordIn } from 'pino-rank-merge/core'
import { endOf, type LogManifest, type LogSource } from '../files/index.ts'
import { logStart } from './log-start.ts'
import { type LogProcess, rankProcessState } from './rank-process-state.ts'
import { processOf, StepLog, type StepRecord } from './step-log.ts'

/** What the end of a rank's log (its tail) contains. */
export interface RankTail {
  label: string
  source: LogSource
  host: string | undefined
  /** Time of the last record, in ms since 1970. */
  time: number | undefined
  step: number | undefined
  /** Time of the first record of each step of the tail. */
  steps: ReadonlyMap<number, number>
  /** Number of records of level error and above in the tail. */
  errors: number
  /** Number of lines in the tail that are not a whole record. */
  torn: number
  /** Number of records in the tail without a time. */
  untimed: number
  /** From the manifests: number of dropped lines, the last attempt, and its exit code or signal. */
  drops: number | undefined
  attempt: number | undefined
  exit: number | string | undefined
  /** The manifest of the last attempt. */
  manifest: LogManifest | undefined
  /** Returns the state of the rank's process. */
  processState(): ProcessState
  /** Time of the last write to the log, in ms since 1970. */
  end: number
  /** Time of the first record of the tail, in ms since 1970. The run began at this time or earlier. */
  startedBy: number
  /** Returns the start of the run, in ms since 1970, as exactly as it is known. May read more of the log. */
  start(): number
}

/** Number of bytes that are read from the end of each log. */
export const tailBytes: number = 2 ** 16

/** A record's time is wrong if it is later than the last change of its file by more than this, in ms. */
const maxClockSkewMs = 60_000

/**
 * Reads the end of a rank's newest file. Ignores records of an earlier run in the same file.
 *
 * @param timeName the name of the field with the time
 * @throws the system's error
 */
export async function rankTail(source: LogSource, timeName: string): Promise<RankTail> {
  const { files, manifest } = lastAttempt(source)
  const newest = files.at(-1) as string
  const { text, isWhole } = await endOf(newest, tailBytes)
  const modified = statSync(newest).mtimeMs
  const lines = text.split('\n')
  const rest = lines.pop() as string
  if (!isWhole) lines.shift()
  const tail = new Tail(new LineTime(timeName), manifest)
  for (const line of lines) tail.take(line)
  const isEnded = manifest !== undefined && manifest.exit !== 'unknown'
  tail.takeRest(rest, isEnded)
  const { time, steps, errors, torn, untimed } = tail
  const ownRun = source.manifests.filter(({ runKey }) => runKey === manifest?.runKey)
  const started = ownRun.map(({ startedAt }) => Date.parse(startedAt)).filter((time) => time > 0)
  const written = time === undefined || time > modified + maxClockSkewMs ? modified : time
  const end = Math.max(written, Date.parse(manifest?.updatedAt ?? '') || 0)
  const startOf = () => logStart(files, tail.lineTime, tail.processName) ?? end
  return {
    label: source.label,
    source,
    host: source.host ?? manifest?.host,
    time,
    step: steps.last,
    steps: steps.times,
    errors,
    torn,
    untimed,
    drops: manifest && ownRun.reduce((sum, { drops }) => sum + drops, 0),
    attempt: manifest?.attempt,
    exit: manifest?.exit,
    manifest,
    processState: once(() => rankProcessState(manifest, [...tail.processes.values()])),
    end,
    startedBy: Math.min(end, tail.first ?? end),
    start: once(() => Math.min(end, started.length > 0 ? Math.min(...started) : startOf())),
  }
}

/** Returns the files and the manifest of the last attempt: those in the folder that was written last. Each attempt has a folder. */
function lastAttempt({ files, manifests }: LogSource): { files: string[]; manifest: LogManifest | undefined } {
  const folders = [...new Set(files.map((file) => dirname(file)))]
  const attempts = folders.map((folder) => {
    const own = files.filter((file) => dirname(file) === folder)
    const manifest = manifests.findLast((manifest) => manifest.folder === folder)
    return { files: own, manifest, time: folders.length === 1 ? 0 : writtenAt(own.at(-1) as string, manifest) }
  })
  return attempts.reduce((latest, attempt) => (attempt.time >= latest.time ? attempt : latest))
}

function writtenAt(file: string, manifest: LogManifest | undefined): number {
  return Date.parse(manifest?.updatedAt ?? '') || statSync(file).mtimeMs
}

const errorLevel = pinoLevels.error as number

/** Collects the figures of a tail, line by line. */
class Tail {
  readonly lineTime: LineTime
  readonly steps = new StepLog()
  time: number | undefined
  /** Time of the first record of the run. */
  first: number | undefined
  errors = 0
  torn = 0
  untimed = 0
  readonly processes = new Map<string, LogProcess>()
  /** The process that logs the steps, or the last record. */
  processName: string | undefined
  #hasSteps = false
  /** The last record with another process than the one before, or with the first step. */
  #last: StepRecord = {}
  readonly #pid: number | undefined
  /** Time when the process of the manifest began to log, in ms since 1970. */
  readonly #since: number

  constructor(lineTime: LineTime, manifest: LogManifest | undefined) {
    this.lineTime = lineTime
    this.#pid = manifest?.pid
    this.#since = Date.parse(manifest?.startedAt ?? '') || 0
  }

  /** Adds a whole line. */
  take(line: string): void {
    if (!isObject.test(line)) return // not a record
    const record = recordIn(line) as (StepRecord & object) | undefined
    if (record) this.#takeRecord(record)
    else this.torn++
  }

  /** Adds the text after the last newline. @param isEnded false if the rank may still be writing it */
  takeRest(line: string, isEnded: boolean): void {
    if (isEnded || recordIn(line)) this.take(line)
  }

  #takeRecord(record: StepRecord & object): void {
    const time = this.lineTime.of(record)
    if (time !== undefined && time < this.#since && record.pid !== this.#pid) return // of an earlier run
    if (time === undefined && fieldOf(record, this.lineTime.name) === undefined) this.untimed++
    if (time !== undefined && this.steps.take(record, time)) {
      this.errors = this.torn = this.untimed = 0
      this.first = time
    }
    if ((recordLevel(record) ?? 0) >= errorLevel) this.errors++
    if (time === undefined) return
    this.time = time
    this.first ??= time
    this.#takeProcess(record, time)
  }

  #takeProcess(record: StepRecord, time: number): void {
    const { pid, hostname, step } = record
    const isSame = pid === this.#last.pid && hostname === this.#last.hostname
    if (isSame && (this.#hasSteps || step === undefined)) return
    this.#last = record
    const name = processOf(record)
    if (name === undefined) return
    if (step !== undefined || !this.#hasSteps) this.processName = name
    this.#hasSteps ||= step !== undefined
    if (this.processes.has(name) || !Number.isSafeInteger(pid) || typeof hostname !== 'string') return
    this.processes.set(name, { pid: pid as number, hostname, time })
  }
}

/** Returns a function that calls `evaluate` once and always returns its value. */
function once<Value>(evaluate: () => Value): () => Value {
  let cache: { value: Value } | undefined
  return () => {
    cache ??= { value: evaluate() }
    return cache.value
  }
}

const isObject = /^\s*\{/
