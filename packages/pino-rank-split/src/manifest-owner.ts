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
import { instanceRestarts } from 'pino-rank/sink'
import type { Manifest } from './read-manifests.ts'

/** Queries about processes. Tests replace them. */
export interface Processes {
  state: typeof processState
  ancestorsOf: typeof ancestorsOf
  hasLed: typeof hasLed
}

/** The process that is about to write a manifest. */
export interface ManifestWriter extends Pick<Manifest, 'runKey' | 'attempt' | 'restarts'> {
  process: ProcessId
  /** When the process started, in ms since the epoch. */
  startedMs: number
  /** The ancestors when the logger was created. A parent may have ended since. */
  ancestors: readonly Ancestor[]
}

/** Returns this process as the writer of the manifest of a rank with these fields. */
export function manifestWriter({ runKey, attempt }: Pick<Manifest, 'runKey' | 'attempt'>): ManifestWriter {
  const startedMs = Date.now() - process.uptime() * 1000
  const restarts = instanceRestarts() || undefined
  return { runKey, attempt, restarts, process: thisProcess(), startedMs, ancestors: ancestorsOf(process.pid) }
}

/**
 * Decides who owns a manifest.
 * - `own`: this process, also through another thread or logger.
 * - `free`: this process may replace the manifest.
 * - `others`: this process must not touch it.
 *
 * A rank has one manifest. A helper process that inherits the rank's variables does not write it. Of two processes of
 * one run and attempt, the rank is the one that started first, whichever of them logs first. A process that started
 * after the other had ended is the restarted rank. Of two runs, attempts or PM2 restarts of a rank, the later one owns
 * the manifest.
 *
 * @param found the manifest in the folder, if there is one
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
  if (other.host === own.process.host && other.boot !== own.process.boot) return 'free' // a process cannot outlive its boot
  const state = processes.state(other)
  if (state === 'running' && includes(processes.ancestorsOf(other.pid), own.process)) return 'free'
  const isEarlier = startedBefore(own.process, other)
  if (!isSameStart(found, own)) return isEarlier ? 'others' : 'free'
  if (isEarlier) return 'free'
  if (state === 'running' || isWithin(own.startedMs, Date.parse(found.updatedAt), Date.now())) return 'others'
  return state === 'gone' && processes.hasLed(other) ? 'others' : 'free'
}

type Start = Pick<Manifest, 'runKey' | 'attempt' | 'restarts'>

/** Reports whether the launcher started the rank once for both processes. Then one is a helper of the other. */
function isSameStart(a: Start, b: Start): boolean {
  return a.runKey === b.runKey && (a.attempt ?? 0) === (b.attempt ?? 0) && (a.restarts ?? 0) === (b.restarts ?? 0)
}

/**
 * Reports whether `time` is between `start` and `now`. A later time comes from a clock that was set back, so it proves
 * nothing.
 */
function isWithin(start: number, time: number, now: number): boolean {
  return time >= start && time <= now
}

function includes(ancestors: readonly Ancestor[], { pid, startTime }: ProcessId): boolean {
  return ancestors.some((ancestor) => ancestor.pid === pid && ancestor.startTime === startTime)
}
