import { readFileSync } from 'node:fs'

/** How often the flags are read at most, in ms: a program may change them when it first writes. */
const everyMs = 100
/** O_NONBLOCK of Linux. */
const nonBlocking = 0o4000

/**
 * Whether a rank is blocked by a pipe that is full, as most programs are, or does not block and tries again later: Node's programs,
 * and pino only after 100 ms. Who is blocked goes on as soon as its pipe is read.
 */
export class WriteMode {
  readonly #flags: () => number | undefined
  readonly #now: () => number
  #at = -Infinity
  #blocks = false

  /** @param flags of what the rank writes to; undefined: nobody knows */
  constructor(flags: () => number | undefined, now: () => number = () => performance.now()) {
    this.#flags = flags
    this.#now = now
  }

  get blocks(): boolean {
    const now = this.#now()
    if (now - this.#at < everyMs) return this.#blocks
    this.#at = now
    const flags = this.#flags()
    this.#blocks = flags !== undefined && (flags & nonBlocking) === 0
    return this.#blocks
  }
}

/** The flags of a process's descriptor, as Linux says; undefined elsewhere, and of a process that has ended. */
export function flagsOf(pid: number | undefined, fd: number): number | undefined {
  try {
    const [, flags] = /^flags:\s*([0-7]+)/m.exec(readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'latin1')) ?? []
    return flags === undefined ? undefined : Number.parseInt(flags, 8)
  } catch {
    return undefined
  }
}
