import { statSync } from 'node:fs'
import { constants } from 'node:os'
import { readRegularFile } from 'pino-rank-lines/system'
import { hasLostPeer } from './closed-peer.ts'
import { hasFailed } from './rank-job.ts'
import type { RankEnd } from './rank-process.ts'

/** How a rank ended, in comparison to the first that failed. */
export interface RankReport {
  rank: number
  pid?: number
  exitCode?: number
  signal?: NodeJS.Signals
  /** It was our signal that ended it. */
  asked?: true
  /** From the first failure to its end, in ms: below 0 where we saw it end before who caused it. */
  laterMs: number
  /** 'failed': by itself. 'followed': by the signal that we sent after the first failure, or because a peer was gone. */
  cause: 'failed' | 'followed' | 'ended'
  /** It followed because a peer was gone. */
  lostPeer?: true
  /** What it wrote to its error file, if it did. */
  error?: ReportedError
}

/** Who failed first, and who only followed. */
export interface FirstCause extends RankReport {
  host: string
  attempt: number
  /** From the start of the attempt, in s. */
  afterSeconds: number
  /** Its last lines, the oldest first. */
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

/** A rank that failed, and when, on the clock of `performance.now()`: when it reported its error, or else when it ended. */
interface Failure {
  end: RankEnd
  at: number
  error: ReportedError | undefined
  hasLostPeer: boolean
}

interface ReportedError {
  message: string
  stack?: string
}

/**
 * The first that failed by itself: who had been asked to end, or had lost a peer, only followed. Where all had lost one, the first
 * of them. Undefined: none failed before it was asked.
 */
export function firstCause({ attempt, host, started, ends, errorFile, lastLines }: Attempt): FirstCause | undefined {
  // when the first that had failed ended we asked the others
  const askedAt = Math.min(...ends.filter((end) => hasFailed(end) && end.stopSignal === undefined).map(({ at }) => at))
  if (askedAt === Infinity) return undefined
  const failures = ends
    .map((end): Failure => {
      const { at = end.at, error } = readErrorFile(errorFile(end.rank))
      return { end, at, error, hasLostPeer: hasLostPeer(error, lastLines(end.rank)) }
    })
    .filter(({ end, at, error }) => hasFailed(end) || (error && at <= askedAt)) // its handler of SIGTERM may end it well
    .sort((a, b) => a.at - b.at)
  const own = failures.filter(({ end, at }) => at <= askedAt || (end.signal !== null && end.signal !== end.stopSignal))
  const cause = (own.find(({ hasLostPeer }) => !hasLostPeer) ?? own[0]) as Failure
  const report = (end: RankEnd): RankReport => {
    const failure = failures.find((failure) => failure.end === end)
    const isOwn = failure !== undefined && own.includes(failure)
    const isLeft = isOwn && failure.hasLostPeer && failure !== cause
    return {
      rank: end.rank,
      ...(end.pid !== undefined && { pid: end.pid }),
      ...(end.code !== null && { exitCode: end.code }),
      ...(end.signal !== null && { signal: end.signal }),
      ...(failure && end.signal === end.stopSignal && { asked: true }),
      laterMs: failure === cause ? 0 : Math.round(end.at - cause.at),
      cause: !failure ? 'ended' : isOwn && !isLeft ? 'failed' : 'followed',
      ...(isLeft && { lostPeer: true }),
      ...(failure?.error && { error: failure.error }),
    }
  }
  const others = ends.filter((end) => end !== cause.end).map(report)
  return {
    ...report(cause.end),
    host,
    attempt,
    afterSeconds: Number(((cause.at - started) / 1000).toFixed(3)),
    lastLines: lastLines(cause.end.rank),
    others: others.sort((a, b) => a.laterMs - b.laterMs || a.rank - b.rank),
  }
}

/** As the shell says it; 1 for a rank that had reported its error when we ended it, or when it ended well. */
export function exitCodeOf({ exitCode, signal, asked }: RankReport): number {
  return signal && !asked ? 128 + constants.signals[signal] : exitCode || 1
}

/** Maximum size of an error file, in bytes. */
const maxErrorFileBytes = 2 ** 24

/** torchrun's format: `{"message":{"message":"…","extraInfo":{"py_callstack":"…","timestamp":"…"}}}`, or a text for a message. */
function readErrorFile(path: string): { error?: ReportedError; at?: number } {
  try {
    const { message } = JSON.parse(readRegularFile(path, maxErrorFileBytes).toString())
    // its own timestamp is of whole seconds; how long ago, for the system's clock may have been set since this process started
    const at = performance.now() - (Date.now() - statSync(path).mtimeMs)
    if (typeof message === 'string') return { error: { message }, at }
    const stack = message.extraInfo?.py_callstack
    return { error: { message: String(message.message), ...(typeof stack === 'string' && { stack }) }, at }
  } catch {
    return {}
  }
}
