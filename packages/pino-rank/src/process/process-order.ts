import { type ProcessId, readProcessStat, sharesNumbers, thisProcess } from './process-id.ts'

/** Reports whether `a` started before `b`; undefined where their start times cannot be compared, or are the same. */
export function startedBefore(a: ProcessId, b: ProcessId): boolean | undefined {
  if (!sharesNumbers(a, b)) return undefined
  const [first, second] = [startOf(a), startOf(b)]
  return first === second || Number.isNaN(first - second) ? undefined : first < second
}

/** Clock ticks on Linux, elsewhere the text of a time in whole seconds. */
function startOf({ startTime }: ProcessId): number {
  return /^\d+$/.test(startTime) ? Number(startTime) : Date.parse(startTime)
}

/** A process that this process descends from. */
export interface Ancestor {
  pid: number
  startTime: string
}

/** Returns the living ancestors of a process, its parent first; none where the system does not tell (elsewhere than on Linux). */
export function ancestorsOf(pid: number): Ancestor[] {
  const found: Ancestor[] = []
  for (let at = readProcessStat(pid)?.parent; at !== undefined && at > 0 && found.length < maxAncestors; ) {
    const stat = readProcessStat(at)
    if (stat) found.push({ pid: at, startTime: stat.startTime })
    at = stat?.parent
  }
  return found
}

/** Parents change while they are read: no chain of processes is longer. */
const maxAncestors = 256

/**
 * Reports whether a process that has ended led the session or the process group of this one, so that this one descends from it. The
 * kernel gives its number to nobody else until then.
 */
export function hasLed(id: ProcessId): boolean {
  const own = thisProcess()
  const stat = readProcessStat(own.pid)
  if (!stat || id.pid === own.pid || startedBefore(id, own) !== true) return false
  return stat.session === id.pid || stat.processGroup === id.pid
}
