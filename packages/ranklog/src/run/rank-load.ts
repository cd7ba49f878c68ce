import { readFileSync } from 'node:fs'
import { readProcessStat } from 'pino-rank/process'

/**
 * Minimum time between two measurements of a rank, in ms. During a shorter time, even a computing rank may sleep, for example
 * in a garbage collection.
 */
const everyMs = 100

/** A rank is computing if it used a core, or waited for one, for at least this fraction of the time. */
const share = 0.5

/** The CPU use of a rank. */
export interface Load {
  /** Time that the rank's main thread has run or waited for a core since its start, in ms. */
  usedMs: number
  /** True while the thread runs or waits for a core. The system counts the time of a wait only after it has ended. */
  isRunnable: boolean
}

/**
 * Detects whether a rank is computing. While it computes, its event loop does not turn, and lines that it has logged may still
 * be in its memory: plain pino writes the first line at once and the others when the event loop turns.
 */
export class RankLoad {
  readonly #measure: () => Load | undefined
  readonly #now: () => number
  #lastMs = 0
  #at = -Infinity
  #isBusy = false

  /** @param measure returns undefined if the load is unknown */
  constructor(measure: () => Load | undefined, now: () => number = () => performance.now()) {
    this.#measure = measure
    this.#now = now
  }

  /** Reports whether the rank computed during its silence. Returns the last result if the last measurement was a short time ago. */
  isComputing(silentMs: number): boolean {
    const now = this.#now()
    if (now - this.#at < everyMs) return this.#isBusy
    const load = this.#measure()
    if (load === undefined) return false
    const { usedMs, isRunnable } = load
    const since = Math.max(this.#at, now - silentMs)
    this.#isBusy = isRunnable || usedMs - this.#lastMs >= share * (now - since)
    this.#lastMs = usedMs
    this.#at = now
    return this.#isBusy
  }
}

/**
 * Returns the load of a process's main thread, as Linux reports it. If the process has exactly one child, as `npm start` has, the
 * child's load is added. Undefined on other systems, and for a process that has ended.
 */
export function loadOf(pid: number | string | undefined): Load | undefined {
  const used = textOf(`/proc/${pid}/schedstat`)?.split(' ')
  if (!used) return undefined
  const children = textOf(`/proc/${pid}/task/${pid}/children`)?.trim().split(' ') ?? []
  const child = children.length === 1 && children[0] !== '' ? loadOf(children[0]) : undefined
  return {
    usedMs: (Number(used[0]) + Number(used[1])) / 1e6 + (child?.usedMs ?? 0),
    isRunnable: readProcessStat(Number(pid))?.isRunnable === true || child?.isRunnable === true,
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return undefined
  }
}
