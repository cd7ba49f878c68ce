import { readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'

/** CPU time that other processes used during the run: all except this process and its children. */
export interface OtherCpu {
  /** CPU time, as a fraction of all cores; null if the system does not report it. */
  share: number | null
  /** CPU time that the hypervisor gave to other virtual machines (steal time), as a fraction of all cores. */
  stolen: number
  /** The process that used most CPU time, and how many cores it used. */
  most?: { name: string; cores: number }
}

interface Snapshot {
  /** Ticks of all cores: user and system, kernel threads, steal time. */
  busy: number
  kernel: number
  stolen: number
  /** Ticks of this process and of its children that have ended. */
  own: number
  /** Ticks of the other processes, by PID. */
  others: Map<number, { name: string; ticks: number }>
  time: number
}

/** Clock ticks a second in `/proc`. It is the same on every Linux that Node supports. */
const ticksPerSecond = 100

/** Flag of a kernel thread (`PF_KTHREAD` in Linux's sched.h). Kernel threads write our dirty pages, so they do not count as others. */
const isKernelThread = 0x00200000

/**
 * Starts to watch the CPU time of other processes.
 *
 * @returns a function that returns the CPU time from the start until its call
 */
export function watchCpu(proc = '/proc', now: () => number = performance.now.bind(performance)): () => OtherCpu {
  const before = snapshot(proc, now())
  return () => {
    const after = snapshot(proc, now())
    if (!before || !after) return { share: null, stolen: 0 }
    const ticks = ((after.time - before.time) / 1000) * ticksPerSecond * availableParallelism()
    const kernel = Math.max(0, after.kernel - before.kernel)
    const other = after.busy - before.busy - (after.own - before.own) - kernel
    const most = busiest(before, after)
    return {
      share: Math.max(0, other / ticks),
      stolen: (after.stolen - before.stolen) / ticks,
      ...(most && { most: { name: most.name, cores: (most.ticks / ticks) * availableParallelism() } }),
    }
  }
}

function busiest(before: Snapshot, after: Snapshot): { name: string; ticks: number } | undefined {
  const used = [...after.others].map(([pid, { name, ticks }]) => {
    return { name, ticks: ticks - (before.others.get(pid)?.ticks ?? 0) }
  })
  return used.sort((a, b) => b.ticks - a.ticks)[0]
}

/** Returns the current counters; undefined if the system is not Linux or hides them. */
function snapshot(proc: string, time: number): Snapshot | undefined {
  try {
    const cpu = /^cpu +(.*)$/m.exec(readFileSync(join(proc, 'stat'), 'utf8'))?.[1] ?? ''
    const [user = 0, nice = 0, system = 0, , , , , stolen = 0] = cpu.split(' ').map(Number)
    const totals = { busy: user + nice + system, stolen, kernel: 0, own: 0, time }
    const others = new Map<number, { name: string; ticks: number }>()
    for (const pid of readdirSync(proc).map(Number).filter(Number.isInteger)) {
      const stat = processTicks(proc, pid)
      if (!stat) continue
      if (pid === process.pid) totals.own = stat.ticks + stat.waitedFor
      else if (stat.isKernel) totals.kernel += stat.ticks
      else if (stat.parent !== process.pid) others.set(pid, stat)
    }
    return { ...totals, others }
  } catch {
    return undefined
  }
}

interface ProcessTicks {
  name: string
  parent: number
  isKernel: boolean
  ticks: number
  /** Ticks of its children that have ended. */
  waitedFor: number
}

/** Reads `/proc/PID/stat`: see proc(5). Returns undefined if the process has ended. */
function processTicks(proc: string, pid: number): ProcessTicks | undefined {
  try {
    const stat = readFileSync(join(proc, `${pid}`, 'stat'), 'latin1')
    const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'))
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number)
    const [user = 0, system = 0, userOfChildren = 0, systemOfChildren = 0] = fields.slice(11, 15)
    return {
      name,
      parent: fields[1] as number,
      isKernel: ((fields[6] as number) & isKernelThread) !== 0,
      ticks: user + system,
      waitedFor: userOfChildren + systemOfChildren,
    }
  } catch {
    return undefined
  }
}
