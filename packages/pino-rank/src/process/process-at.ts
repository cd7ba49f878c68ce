import { type ProcessState, pidExists, readProcessStat } from './process-id.ts'

/** Clock ticks a second of `/proc`: the same on every Linux that Node supports. */
const ticksPerSecond = 100

/** Maximum correction of the clock since a process started, in ms. */
const maxCorrectionMs = 2000

/**
 * Returns the state of a process of this host, given only its number and a `time` at which it was running. If the process that
 * now has the number started later, the system has reused the number. Prefer `processState`, which needs no clock. Costs one
 * small read on Linux, and one run of `ps` elsewhere.
 *
 * @param time ms since 1970
 */
export function processStateAt(pid: number, time: number): ProcessState {
  if (!pidExists(pid)) return 'gone'
  if (process.platform === 'linux' && readProcessStat(pid)?.isDead) return 'gone'
  const started = startedAt(pid)
  if (Number.isNaN(started)) return 'unknown'
  return started > time + maxCorrectionMs ? 'gone' : 'running'
}

/** Returns when a process started, in ms since 1970. NaN if the system does not show it. */
function startedAt(pid: number): number {
  if (process.platform === 'linux') {
    const [ticks, ownTicks] = [pid, process.pid].map((pid) => Number(readProcessStat(pid)?.startTime || NaN)) as [
      number,
      number,
    ]
    return Date.now() - process.uptime() * 1000 + ((ticks - ownTicks) * 1000) / ticksPerSecond
  }
  if (process.platform === 'win32') return NaN
  try {
    const { execFileSync } = process.getBuiltinModule('node:child_process')
    return Date.parse(execFileSync('ps', ['-o', 'lstart=', '-p', `${pid}`], { encoding: 'utf8' }).trim())
  } catch {
    return NaN
  }
}
