import { readFileSync } from 'node:fs'

/** How often a rank is looked at, in ms: in less, even one that computes may sleep, until its memory is collected. */
const everyMs = 100

/** A rank computes that has had a core, or waited for one, for this share of the time. */
const share = 0.5

/**
 * Whether a rank computes: then its event loop does not turn, and lines that it has logged may wait in its memory. Plain pino writes
 * the first of them at once, and the others when the loop turns.
 */
export class RankLoad {
  readonly #usedMs: () => number | undefined
  readonly #now: () => number
  #lastMs = 0
  #at = -Infinity
  #isBusy = false

  /** @param usedMs for how long the rank's main thread has run, or waited for a core, since it began; undefined: nobody knows */
  constructor(usedMs: () => number | undefined, now: () => number = () => performance.now()) {
    this.#usedMs = usedMs
    this.#now = now
  }

  /** Has it computed all the time that it was silent? Where that cannot be told yet, it may have: ask again. */
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
 * For how long a process has run, or waited for a core, on its main thread, as Linux says; with that of the one child of a process
 * that has one, as `npm start` has. Undefined elsewhere, and of a process that has ended.
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
