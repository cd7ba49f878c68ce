import { hostname } from 'node:os'
import { type ProcessState, processIdFrom, processState, processStateAt } from 'pino-rank/process'
import type { LogManifest } from '../files/index.ts'

/** A process that wrote records of a log. */
export interface LogProcess {
  pid: number
  hostname: string
  /** Time of its first known record, in ms since 1970. */
  time: number
}

/**
 * Returns the state of a rank's process: the process in its manifest, otherwise the processes that its records name by `pid`
 * and `hostname`. A process of another host is `unknown`.
 */
export function rankProcessState(manifest: LogManifest | undefined, processes: readonly LogProcess[]): ProcessState {
  if (manifest && manifest.exit !== 'unknown') return 'gone'
  const id = processIdFrom(manifest?.process)
  if (id) return processState(id)
  const states = processes.map(stateOf)
  if (states.includes('running')) return 'running'
  return states.length > 0 && states.every((state) => state === 'gone') ? 'gone' : 'unknown'
}

function stateOf({ pid, hostname: host, time }: LogProcess): ProcessState {
  return host === hostname() && pid > 0 ? processStateAt(pid, time) : 'unknown'
}
