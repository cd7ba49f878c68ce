import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/** Time that a process has to clean up, for example a folder of `ranklog run`, before it is killed. */
const graceMs = 1000
/** Maximum time to wait for all processes. */
const maxWaitMs = 6000

/** A process as the system lists it. */
export interface Listed {
  pid: number
  parent: number
  /** Start time, which distinguishes it from a later process with the same pid. */
  started: string
  /** True if it has ended, and its parent has not waited for it yet. */
  isZombie: boolean
}

/** Ends all descendants of this process, and waits until they have ended. */
export function endDescendants(): void {
  const start = performance.now()
  const terminated = new Map<number, string>()
  for (;;) {
    const processes = listProcesses()
    const remembered = processes.filter(({ pid, started }) => terminated.get(pid) === started) // its parent may have ended
    const below = [process.pid, ...remembered.map(({ pid }) => pid)].flatMap((pid) => descendantsOf(pid, processes))
    const living = new Set([...remembered.filter(({ isZombie }) => !isZombie), ...below])
    const waited = performance.now() - start
    if (living.size === 0 || waited > maxWaitMs) return
    for (const { pid, started } of living) {
      if (waited > graceMs) signal(pid, 'SIGKILL')
      else if (!terminated.has(pid)) signal(pid, 'SIGTERM')
      terminated.set(pid, started)
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2)
  }
}

/** Returns the descendants of a process, without zombies. */
export function descendantsOf(pid: number, processes: readonly Listed[]): Listed[] {
  return processes
    .filter(({ parent }) => parent === pid)
    .flatMap((child) => [...(child.isZombie ? [] : [child]), ...descendantsOf(child.pid, processes)])
}

function listProcesses(): Listed[] {
  if (process.platform !== 'linux') return readPs()
  return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? readStat(name) : []))
}

/** Reads /proc/PID/stat. The name of the process, in parentheses, may have any characters (proc(5)). */
function readStat(pid: string): Listed[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [state, parent] = fields
    const isZombie = state === 'Z' || state === 'X'
    return [{ pid: Number(pid), parent: Number(parent), started: fields[19] ?? '', isZombie }]
  } catch {
    return [] // it has ended meanwhile
  }
}

function readPs(): Listed[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat=,comm='], { encoding: 'utf8' }).split('\n')
  return lines.flatMap((line) => {
    const [pid, parent, state = '', command = ''] = line.trim().split(/\s+/)
    if (!pid || command.endsWith('ps')) return [] // ps itself
    return [{ pid: Number(pid), parent: Number(parent), started: command, isZombie: state.startsWith('Z') }]
  })
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {} // it has ended meanwhile
}
