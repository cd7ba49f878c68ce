import { type ProcessId, readProcessStat, sharesNumbers, thisProcess } from './process-id.ts'

/** Reports whether `a` started before `b`. Undefined if their start times are equal or cannot be compared. */
export function startedBefore(a: ProcessId, b: ProcessId): boolean | undefined {
  if (!sharesNumbers(a, b)) return undefined
  const [first, second] = [startOf(a), startOf(b)]
  return first === second || Number.isNaN(first - second) ? undefined : first < second
}

/** Returns the start time as a number: clock ticks on Linux, elsewhere milliseconds with a resolution of one second. */
function startOf({ startTime }: ProcessId): number {
  return /^\d+$/.test(startTime) ? Number(startTime) : Date.parse(startTime)
}

/** A process that this process descends from. */
export interface Ancestor {
  pid: number
  startTime: string
}

/** Returns the living ancestors of a process, its parent first. Returns none where the system does not show them (not Linux). */
export function ancestorsOf(pid: number): Ancestor[] {
  const found: Ancestor[] = []
  for (let at = readProcessStat(pid)?.parent; at !== undefined && at > 0 && found.length < maxAncestors; ) {
    const stat = readProcessStat(at)
    if (stat) found.push({ pid: at, startTime: stat.startTime })
    at = stat?.parent
  }
  return found
}

/** Limits the walk, because parents may change while they are read. No real chain of processes is longer. */
const maxAncestors = 256

/**
 * Reports whether a process that has ended led the session or the process group of this process. If so, this process descends
 * from it: the kernel does not reuse a number while it still names a session or a group.
 */
export function hasLed(id: ProcessId): boolean {
  const own = thisProcess()
  const stat = readProcessStat(own.pid)
  if (!stat || id.pid === own.pid || startedBefore(id, own) !== true) return false
  return stat.session === id.pid || stat.processGroup === id.pid
}
