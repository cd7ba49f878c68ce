import { readFileSync } from 'node:fs'

/**
 * How often a rank is measured, in ms. In a shorter time even a computing rank may sleep, for example during garbage
 * collection.
 */
const everyMs = 100

/** A rank is computing if it used a core, or waited for one, for this share of the time. */
const share = 0.5

/**
 * Detects whether a rank is computing. Then its event loop does not turn, and lines that it has logged may still be in its
 * memory: plain pino writes the first of them at once and the others when the loop turns.
 */
export class RankLoad {
  readonly #usedMs: () => number | undefined
  readonly #now: () => number
  #lastMs = 0
  #at = -Infinity
  #isBusy = false

  /** @param usedMs returns how long the rank's main thread has run or waited for a core since its start; undefined if unknown */
  constructor(usedMs: () => number | undefined, now: () => number = () => performance.now()) {
    this.#usedMs = usedMs
    this.#now = now
  }

  /** Reports whether the rank computed during its silence. Returns the last result if that is not older than the interval. */
  computes(silentMs: number): boolean {
    const now = this.#now()
    if (now - this.#at < everyMs) return this.#isBusy
    const usedMs = this.#usedMs()
    if (usedMs === undefined) return false
    const since = Math.max(this.#at, now - silentMs)
    this.#isBusy = usedMs - this.#lastMs >= share * (now - since)
    this.#lastMs = usedMs
    this.#at = now
    return this.#isBusy
  }
}

/**
 * Returns how long the main thread of a process has run or waited for a core, as Linux reports it. If the process has exactly one
 * child, as `npm start` has, the child's time is added. Undefined on other systems, and for a process that has ended.
 */
export function usedMsOf(pid: number | string | undefined): number | undefined {
  const used = textOf(`/proc/${pid}/schedstat`)?.split(' ')
  if (!used) return undefined
  const children = textOf(`/proc/${pid}/task/${pid}/children`)?.trim().split(' ') ?? []
  const ofChild = children.length === 1 && children[0] !== '' ? usedMsOf(children[0]) : undefined
  return (Number(used[0]) + Number(used[1])) / 1e6 + (ofChild ?? 0)
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return undefined
  }
}
