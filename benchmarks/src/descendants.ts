import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/** How long to wait for processes that are killed, in ms: a write to a slow disk ends first. */
const longestWait = 5000

/** A process as the system lists it. */
export interface Listed {
  pid: number
  parent: number
  /** Dead, and its parent has not been informed yet. */
  isZombie: boolean
}

/** Kills what this process has started, and what that has started, and waits until all of it is gone. */
export function endDescendants(): void {
  const until = performance.now() + longestWait
  for (;;) {
    const living = descendantsOf(process.pid, listProcesses())
    for (const pid of living) kill(pid)
    if (living.length === 0 || performance.now() > until) return
  }
}

/** Returns the processes below one, without zombies. */
export function descendantsOf(pid: number, processes: readonly Listed[]): number[] {
  return processes
    .filter(({ parent }) => parent === pid)
    .flatMap((child) => [...(child.isZombie ? [] : [child.pid]), ...descendantsOf(child.pid, processes)])
}

function listProcesses(): Listed[] {
  if (process.platform !== 'linux') return readPs()
  return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? readStat(name) : []))
}

/** proc(5): the name, in parentheses, may hold anything. */
function readStat(pid: string): Listed[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return [{ pid: Number(pid), parent: Number(parent), isZombie: state === 'Z' || state === 'X' }]
  } catch {
    return [] // gone meanwhile
  }
}

function readPs(): Listed[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat=,comm='], { encoding: 'utf8' }).split('\n')
  return lines.flatMap((line) => {
    const [pid, parent, state = '', command = ''] = line.trim().split(/\s+/)
    if (!pid || command.endsWith('ps')) return [] // itself
    return [{ pid: Number(pid), parent: Number(parent), isZombie: state.startsWith('Z') }]
  })
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {} // gone meanwhile
}
