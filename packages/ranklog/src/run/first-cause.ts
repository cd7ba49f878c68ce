import { readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { hasFailed } from './rank-job.ts'
import type { RankEnd } from './rank-process.ts'

/** How a rank ended, beside the first that failed. */
export interface RankReport {
  rank: number
  pid?: number
  exitCode?: number
  signal?: NodeJS.Signals
  /** Since the first failure, in ms. */
  laterMs: number
  /** 'failed': by itself. 'followed': by the signal that we sent after the first failure. */
  cause: 'failed' | 'followed' | 'ended'
  /** What it wrote to its error file, if it did. */
  error?: { message: string; stack?: string }
}

/** Who failed first, and who only followed. */
export interface FirstCause extends RankReport {
  host: string
  attempt: number
  /** From the start of the attempt, in s. */
  afterSeconds: number
  /** What it said last, its oldest line first. */
  lastLines: string[]
  others: RankReport[]
}

export interface Attempt {
  attempt: number
  host: string
  /** On the clock of `performance.now()`. */
  started: number
  ends: readonly RankEnd[]
  errorFile(rank: number): string
  lastLines(rank: number): string[]
}

/** Undefined: no rank failed by itself. */
export function firstCause({ attempt, host, started, ends, errorFile, lastLines }: Attempt): FirstCause | undefined {
  const failed = ends.filter((end) => hasFailed(end) && end.asked === undefined).sort((a, b) => a.at - b.at)
  const [first] = failed
  if (!first) return undefined
  const report = (end: RankEnd): RankReport => {
    const error = readErrorFile(errorFile(end.rank))
    return {
      rank: end.rank,
      ...(end.pid !== undefined && { pid: end.pid }),
      ...(end.code !== null && { exitCode: end.code }),
      ...(end.signal !== null && { signal: end.signal }),
      laterMs: Math.round(end.at - first.at),
      cause: !hasFailed(end) ? 'ended' : end.asked === undefined ? 'failed' : 'followed',
      ...(error && { error }),
    }
  }
  const others = ends.filter((end) => end !== first).map(report)
  return {
    ...report(first),
    host,
    attempt,
    afterSeconds: Number(((first.at - started) / 1000).toFixed(3)),
    lastLines: lastLines(first.rank),
    others: others.sort((a, b) => a.laterMs - b.laterMs || a.rank - b.rank),
  }
}

/** As the shell says it. */
export function exitCodeOf({ exitCode, signal }: RankReport): number {
  return signal ? 128 + constants.signals[signal] : (exitCode as number)
}

/** torchrun's format: `{"message":{"message":"…","extraInfo":{"py_callstack":"…","timestamp":"…"}}}`, or a text for a message. */
function readErrorFile(path: string): { message: string; stack?: string } | undefined {
  try {
    const { message } = JSON.parse(readFileSync(path, 'utf8'))
    if (typeof message === 'string') return { message }
    const stack = message.extraInfo?.py_callstack
    return { message: String(message.message), ...(typeof stack === 'string' && { stack }) }
  } catch {
    return undefined
  }
}
