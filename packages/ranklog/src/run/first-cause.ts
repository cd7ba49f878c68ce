import { statSync } from 'node:fs'
import { constants } from 'node:os'
import { readRegularFile } from 'pino-rank-lines/system'
import { hasLostPeer } from './closed-peer.ts'
import { hasFailed } from './rank-job.ts'
import type { RankEnd } from './rank-process.ts'

/** How a rank ended, compared with the rank that failed first. */
export interface RankReport {
  rank: number
  pid?: number
  exitCode?: number
  signal?: NodeJS.Signals
  /** Present if the rank failed, and the signal that we sent to stop it ended it. */
  asked?: true
  /** Time from the first failure to the end of this rank, in ms. Negative if it ended before the rank that failed first did. */
  laterMs: number
  /**
   * `failed`: by its own error. `followed`: by the signal that we sent after the first failure, or because a peer was gone.
   * `ended`: without a failure.
   */
  cause: 'failed' | 'followed' | 'ended'
  /** Present if the rank failed because a peer was gone. */
  lostPeer?: true
  /** The error in the rank's error file, if it wrote one. */
  error?: ReportedError
}

/** The rank that failed first, and how the others ended. */
export interface FirstCause extends RankReport {
  host: string
  attempt: number
  /** Time from the start of the attempt to the failure, in s. */
  afterSeconds: number
  /** The last lines of the rank, oldest first. */
  lastLines: string[]
  others: RankReport[]
}

export interface Attempt {
  attempt: number
  host: string
  /** Start time, on the clock of `performance.now()`. */
  started: number
  ends: readonly RankEnd[]
  errorFile(rank: number): string
  lastLines(rank: number): string[]
}

/** The failure of a rank. */
interface Failure {
  end: RankEnd
  /** When the rank reported its error, otherwise when it ended, on the clock of `performance.now()`. */
  at: number
  error: ReportedError | undefined
  hasLostPeer: boolean
}

interface ReportedError {
  message: string
  stack?: string
}

/**
 * Returns the rank that failed first by its own error. A failure only followed from it if we had stopped that rank, or if that
 * rank had lost a peer. If all ranks that failed had lost a peer, the first of them is returned. Returns undefined if no rank
 * failed before we stopped it.
 */
export function firstCause({ attempt, host, started, ends, errorFile, lastLines }: Attempt): FirstCause | undefined {
  // the other ranks were stopped when the first failed rank ended
  const stoppedAt = Math.min(
    ...ends.filter((end) => hasFailed(end) && end.stopSignal === undefined).map(({ at }) => at),
  )
  if (stoppedAt === Infinity) return undefined
  const failures = ends
    .map((end): Failure => {
      const { at = end.at, error } = readErrorFile(errorFile(end.rank))
      return { end, at, error, hasLostPeer: hasLostPeer(error, lastLines(end.rank)) }
    })
    // a rank that reports its error and handles our SIGTERM may end with exit code 0
    .filter(({ end, at, error }) => hasFailed(end) || (error && at <= stoppedAt))
    .sort((a, b) => a.at - b.at)
  // a rank that was stopped, and died by another signal than ours, failed by its own error too
  const own = failures.filter(
    ({ end, at }) => at <= stoppedAt || (end.signal !== null && end.signal !== end.stopSignal),
  )
  const cause = (own.find(({ hasLostPeer }) => !hasLostPeer) ?? own[0]) as Failure
  const report = (end: RankEnd): RankReport => {
    const failure = failures.find((failure) => failure.end === end)
    const isOwn = failure !== undefined && own.includes(failure)
    const lostPeer = isOwn && failure.hasLostPeer && failure !== cause
    return {
      rank: end.rank,
      ...(end.pid !== undefined && { pid: end.pid }),
      ...(end.code !== null && { exitCode: end.code }),
      ...(end.signal !== null && { signal: end.signal }),
      ...(failure && end.signal === end.stopSignal && { asked: true }),
      laterMs: failure === cause ? 0 : Math.round(end.at - cause.at),
      cause: !failure ? 'ended' : isOwn && !lostPeer ? 'failed' : 'followed',
      ...(lostPeer && { lostPeer: true }),
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

/**
 * Returns the exit code for the rank that failed first, as a shell reports it: the rank's own, or 128 plus the number of the
 * signal that ended it. It is 1 for a rank that reported an error, and then was ended by our signal or ended with exit code 0.
 */
export function exitCodeOf({ exitCode, signal, asked }: RankReport): number {
  return signal && !asked ? 128 + constants.signals[signal] : exitCode || 1
}

/** Maximum size of an error file, in bytes. */
const maxErrorFileBytes = 2 ** 24

/**
 * Reads an error file in torchrun's format: `{"message":{"message":"…","extraInfo":{"py_callstack":"…","timestamp":"…"}}}`. The
 * outer message may also be a text.
 */
function readErrorFile(path: string): { error?: ReportedError; at?: number } {
  try {
    const { message } = JSON.parse(readRegularFile(path, maxErrorFileBytes).toString())
    // the timestamp in the file has only whole seconds, so the file's time is used; as an age, because the system's clock may
    // have been changed since this process started
    const at = performance.now() - (Date.now() - statSync(path).mtimeMs)
    if (typeof message === 'string') return { error: { message }, at }
    const stack = message.extraInfo?.py_callstack
    return { error: { message: String(message.message), ...(typeof stack === 'string' && { stack }) }, at }
  } catch {
    return {}
  }
}
