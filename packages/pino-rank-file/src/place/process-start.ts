import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'

/** A process, told from every other one that has or had its number. */
export interface ProcessId {
  host: string
  pid: number
  /** When it started, in whatever words this system has; one host's are comparable. Empty: not known. */
  start: string
}

/** This process; the same on each of its threads. Two small reads on Linux, elsewhere `ps` once. */
export function thisProcess(): ProcessId {
  own ??= { host: hostname(), pid: process.pid, start: processStart(process.pid) ?? '' }
  return own
}

let own: ProcessId | undefined

/** Is it still running? Of another host's, and of another container's, the answer is false. */
export function isRunning({ host, pid, start }: ProcessId): boolean {
  return host === hostname() && processStart(pid) === start
}

/** Undefined where there is no such process. A number alone comes again, in a container after each restart. */
function processStart(pid: number): string | undefined {
  if (process.platform === 'linux') return linuxStart(pid)
  try {
    if (process.platform === 'win32') return process.kill(pid, 0) ? '' : undefined
    return execFileSync('ps', ['-o', 'lstart=', '-p', `${pid}`], { encoding: 'utf8' }).trim() || undefined
  } catch {
    return undefined
  }
}

/** The boot and the clock tick of the start: proc(5), the 22nd field of stat, counted behind the name in brackets. */
function linuxStart(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (state === 'Z' || state === 'X') return undefined
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()} ${fields[18]}`
  } catch {
    return undefined
  }
}
