import { readFileSync } from 'node:fs'

/**
 * Minimum time between two reads of the flags, in ms. A program may change the flags when it first writes. While they do not
 * change, the time doubles up to the maximum.
 */
const minEveryMs = 100
const maxEveryMs = 1600
/** O_NONBLOCK on Linux. */
const nonBlocking = 0o4000

/**
 * Detects whether a rank's writes block when its pipe is full. They do in most programs, and a blocked rank continues as soon as
 * its pipe is read. They do not in Node's programs, which retry later; pino retries after 100 ms.
 */
export class WriteMode {
  readonly #flags: () => number | undefined
  readonly #now: () => number
  #at = -Infinity
  #everyMs = minEveryMs
  #isBlocking = false

  /** @param flags returns the flags of the descriptor that the rank writes to; undefined if unknown */
  constructor(flags: () => number | undefined, now: () => number = () => performance.now()) {
    this.#flags = flags
    this.#now = now
  }

  get isBlocking(): boolean {
    const now = this.#now()
    if (now - this.#at < this.#everyMs) return this.#isBlocking
    const flags = this.#flags()
    const isBlocking = flags !== undefined && (flags & nonBlocking) === 0
    const isSame = this.#at !== -Infinity && isBlocking === this.#isBlocking
    this.#everyMs = isSame ? Math.min(2 * this.#everyMs, maxEveryMs) : minEveryMs
    this.#at = now
    this.#isBlocking = isBlocking
    return isBlocking
  }
}

/** Returns the flags of a process's descriptor on Linux. Undefined on other systems, and for a process that has ended. */
export function flagsOf(pid: number | undefined, fd: number): number | undefined {
  try {
    const [, flags] = /^flags:\s*([0-7]+)/m.exec(readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'latin1')) ?? []
    return flags === undefined ? undefined : Number.parseInt(flags, 8)
  } catch {
    return undefined
  }
}
