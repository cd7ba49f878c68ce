import {
  type Ancestor,
  ancestorsOf,
  hasLed,
  isSameProcess,
  type ProcessId,
  processState,
  startedBefore,
  thisProcess,
} from 'pino-rank/process'
import type { Manifest } from './read.ts'

/** What is asked of the system; a test brings its own. */
export interface Processes {
  state: typeof processState
  ancestorsOf: typeof ancestorsOf
  hasLed: typeof hasLed
}

/** The process that is about to write a manifest. */
export interface ManifestWriter extends Pick<Manifest, 'runKey' | 'attempt'> {
  process: ProcessId
  /** When the process started, in ms since the epoch. */
  startedMs: number
  /** As of when its logger was built: a parent may have ended since. */
  ancestors: readonly Ancestor[]
}

/** Returns this process as the writer of the manifest of a rank with these fields. */
export function manifestWriter({ runKey, attempt }: Pick<Manifest, 'runKey' | 'attempt'>): ManifestWriter {
  const startedMs = Date.now() - process.uptime() * 1000
  return { runKey, attempt, process: thisProcess(), startedMs, ancestors: ancestorsOf(process.pid) }
}

/**
 * Returns whose a manifest is: `own` of this process, from another thread or logger of it; `free` to be replaced; `others` and to be
 * left alone. A rank has one manifest, and a helper process that inherits the rank's variables keeps out of it. Of two processes of
 * one run and attempt the rank is the one that started first, whichever of them logs first. A process that was not there while the
 * other lived is the rank, started again. Of two runs the later one has the manifest.
 */
export function manifestOwner(
  found: Manifest | undefined,
  own: ManifestWriter,
  processes: Processes = { state: processState, ancestorsOf, hasLed },
): 'own' | 'free' | 'others' {
  const other = found?.process
  if (!found || !other) return 'free'
  if (isSameProcess(other, own.process)) return Date.parse(found.startedAt) >= own.startedMs - 1 ? 'own' : 'free'
  if (includes(own.ancestors, other)) return 'others'
  if (other.host === own.process.host && other.boot !== own.process.boot) return 'free' // it ended with its boot
  const state = processes.state(other)
  if (state === 'running' && includes(processes.ancestorsOf(other.pid), own.process)) return 'free'
  const isEarlier = startedBefore(own.process, other)
  if (found.runKey !== own.runKey || (found.attempt ?? 0) !== (own.attempt ?? 0)) return isEarlier ? 'others' : 'free'
  if (isEarlier) return 'free'
  if (state === 'running' || isWithin(own.startedMs, Date.parse(found.updatedAt), Date.now())) return 'others'
  return state === 'gone' && processes.hasLed(other) ? 'others' : 'free'
}

/** A time in the future is of a clock that was set back since, and says nothing. */
function isWithin(start: number, time: number, now: number): boolean {
  return time >= start && time <= now
}

function includes(ancestors: readonly Ancestor[], { pid, startTime }: ProcessId): boolean {
  return ancestors.some((ancestor) => ancestor.pid === pid && ancestor.startTime === startTime)
}
