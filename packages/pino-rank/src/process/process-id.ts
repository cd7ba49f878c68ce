import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/**
 * Identifies a process among all that have, or had, its number. Every field is plain data, so that it can be written to a file
 * and compared by another process. A field that the system does not provide is an empty string.
 */
export interface ProcessId {
  /** Host name. Containers on one machine have different host names. Different machines may share one. */
  host: string
  /** The kernel's boot id (Linux). */
  boot: string
  /** Inode of the PID namespace (Linux). The same number means different processes in two containers. */
  pidNamespace: string
  pid: number
  /** Start time: clock ticks since boot on Linux, the text of `ps -o lstart=` elsewhere. Comparable only on one host. */
  startTime: string
}

/**
 * - `running`: it runs, is stopped, or sleeps.
 * - `gone`: it has ended, or its number now belongs to another process. A zombie counts as gone.
 * - `unknown`: this process cannot see it (another host, boot or container; `/proc` hidden). It may be running.
 */
export type ProcessState = 'running' | 'gone' | 'unknown'

/** Returns the identity of this process. The same on all threads. Reads `/proc` on Linux; runs `ps` once elsewhere. */
export function thisProcess(): ProcessId {
  own ??= {
    host: hostname(),
    boot: readBoot(),
    pidNamespace: readPidNamespace(),
    pid: process.pid,
    startTime: startTimeOf(process.pid) ?? '',
  }
  return own
}

let own: ProcessId | undefined

/** Returns the process that a value, for example parsed JSON, identifies. Undefined if a field is missing or of another type. */
export function processIdFrom(value: unknown): ProcessId | undefined {
  const { host, boot, pidNamespace, pid, startTime } = (value ?? {}) as ProcessId
  if (!Number.isInteger(pid) || pid < 1) return undefined
  const isComplete = [host, boot, pidNamespace, startTime].every((field) => typeof field === 'string')
  return isComplete ? { host, boot, pidNamespace, pid, startTime } : undefined
}

export function isSameProcess(a: ProcessId, b: ProcessId): boolean {
  return a.pid === b.pid && a.startTime === b.startTime && sharesNumbers(a, b)
}

/** Reports whether a process is still running. Costs two small reads on Linux, and one run of `ps` per call elsewhere. */
export function processState(id: ProcessId): ProcessState {
  if (!sharesNumbers(id, thisProcess())) return 'unknown'
  const startTime = startTimeOf(id.pid)
  if (startTime === undefined) return 'gone'
  if (startTime === '' || id.startTime === '') return 'unknown'
  return startTime === id.startTime ? 'running' : 'gone'
}

/** Reports whether two processes share process numbers: same boot and PID namespace, or the same host where neither is known. */
export function sharesNumbers(a: ProcessId, b: ProcessId): boolean {
  if (a.boot !== b.boot || a.pidNamespace !== b.pidNamespace) return false
  return (a.boot !== '' && a.pidNamespace !== '') || a.host === b.host
}

/** Returns a short key for the boot and PID namespace of this process. Undefined where the system provides none. */
export function pidNamespaceKey(): string | undefined {
  const { boot, pidNamespace } = thisProcess()
  if (boot === '' || pidNamespace === '') return undefined
  const { createHash } = process.getBuiltinModule('node:crypto') // loaded on demand, because a rank that never calls this does not need its memory
  return createHash('sha256').update(`${boot} ${pidNamespace}`).digest('hex').slice(0, 16)
}

/**
 * Reports whether any process of this namespace has the number now: of any user, stopped or zombie too. It may be a different
 * process than before.
 */
export function pidExists(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

/** Returns the start time; undefined if no such process runs, an empty string if it exists but its start time cannot be read. */
function startTimeOf(pid: number): string | undefined {
  if (process.platform === 'linux') {
    const stat = readProcessStat(pid)
    if (stat === undefined) return pidExists(pid) ? '' : undefined
    return stat.isDead ? undefined : stat.startTime
  }
  if (process.platform === 'win32') return pidExists(pid) ? '' : undefined
  try {
    const { execFileSync } = process.getBuiltinModule('node:child_process')
    return execFileSync('ps', ['-o', 'lstart=', '-p', `${pid}`], { encoding: 'utf8' }).trim() || undefined
  } catch {
    return pidExists(pid) ? '' : undefined
  }
}

/** Fields of `/proc/PID/stat`; see proc(5). */
export interface ProcessStat {
  /** True for a zombie or a process that is about to vanish. */
  isDead: boolean
  /** True while its main thread runs or waits for a core. */
  isRunnable: boolean
  parent: number
  processGroup: number
  session: number
  /** Clock ticks since boot. */
  startTime: string
}

/** Reads `/proc/PID/stat`. Returns undefined if there is no such process, or no `/proc` that shows it. */
export function readProcessStat(pid: number): ProcessStat | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The second field is the program's name in parentheses. The name may itself contain spaces and parentheses.
    const [state = '', parent, processGroup, session, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return {
      isDead: state === 'Z' || state === 'X',
      isRunnable: state === 'R',
      parent: Number(parent),
      processGroup: Number(processGroup),
      session: Number(session),
      startTime: rest[15] ?? '',
    }
  } catch {
    return undefined
  }
}

function readBoot(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()
  } catch {
    return ''
  }
}

function readPidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid')
  } catch {
    return ''
  }
}
