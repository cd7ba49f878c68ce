import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/**
 * Identifies a process among all that have or had its number. Every field is plain data, so that it can be written to a file and
 * compared by another process. A field that the system does not give is an empty string.
 */
export interface ProcessId {
  /** Host name. Containers of one machine have different ones, and different machines may have the same. */
  host: string
  /** The kernel's boot id (Linux). */
  boot: string
  /** Inode of the process-number namespace (Linux): the same number means different processes in two containers. */
  pidNamespace: string
  pid: number
  /** Start time: clock ticks since the boot on Linux, the text of `ps -o lstart=` elsewhere. Comparable on one host only. */
  startTime: string
}

/**
 * - `running`: it runs, is stopped, or waits.
 * - `gone`: it has ended, or its number belongs to another process now. A zombie counts as gone.
 * - `unknown`: this process cannot see it (another host, boot or container; `/proc` hidden). It may run.
 */
export type ProcessState = 'running' | 'gone' | 'unknown'

/** Returns the identity of this process, the same one on each of its threads. Reads `/proc` on Linux, elsewhere runs `ps` once. */
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

export function isSameProcess(a: ProcessId, b: ProcessId): boolean {
  return a.pid === b.pid && a.startTime === b.startTime && sharesNumbers(a, b)
}

/** Reports whether a process still runs. Two small reads on Linux; elsewhere `ps` runs once a call. */
export function processState(id: ProcessId): ProcessState {
  if (!sharesNumbers(id, thisProcess())) return 'unknown'
  const startTime = startTimeOf(id.pid)
  if (startTime === undefined) return 'gone'
  if (startTime === '' || id.startTime === '') return 'unknown'
  return startTime === id.startTime ? 'running' : 'gone'
}

/** Reports whether process numbers mean the same for two processes: same boot and namespace, or the same host where neither is known. */
export function sharesNumbers(a: ProcessId, b: ProcessId): boolean {
  if (a.boot !== b.boot || a.pidNamespace !== b.pidNamespace) return false
  return (a.boot !== '' && a.pidNamespace !== '') || a.host === b.host
}

/** Returns a short name for the boot and namespace in which process numbers mean the same as here; undefined where the system gives none. */
export function pidNamespaceKey(): string | undefined {
  const { boot, pidNamespace } = thisProcess()
  if (boot === '' || pidNamespace === '') return undefined
  const { createHash } = process.getBuiltinModule('node:crypto') // a rank that never asks does without its memory
  return createHash('sha256').update(`${boot} ${pidNamespace}`).digest('hex').slice(0, 16)
}

/** Reports whether any process of this namespace has the number now, of any user, also stopped or a zombie. Who it is stays open. */
export function pidExists(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

/** Returns undefined where no such process runs, and an empty string where one exists but its start time cannot be read. */
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

/** What proc(5) tells about a process in `/proc/PID/stat`. */
export interface ProcessStat {
  /** A zombie, or about to vanish. */
  isDead: boolean
  parent: number
  processGroup: number
  session: number
  /** Clock ticks since the boot. */
  startTime: string
}

/** Reads `/proc/PID/stat`; undefined where there is no such process, or no `/proc` that shows it. */
export function readProcessStat(pid: number): ProcessStat | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // the second field is the program's name in brackets, which may contain spaces and brackets
    const [state = '', parent, processGroup, session, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return {
      isDead: state === 'Z' || state === 'X',
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
