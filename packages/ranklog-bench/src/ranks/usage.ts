import { readFileSync } from 'node:fs'

/** Resources that this process has used since its start. */
export interface Usage {
  /** User and system time of all threads, in ms. */
  cpuMs: number
  contextSwitches: number
  /** Number of write(2) and similar calls; null if the system does not count them. */
  writeCalls: number | null
}

export function usage(): Usage {
  const { userCPUTime, systemCPUTime, voluntaryContextSwitches, involuntaryContextSwitches } = process.resourceUsage()
  return {
    cpuMs: (userCPUTime + systemCPUTime) / 1e3,
    contextSwitches: voluntaryContextSwitches + involuntaryContextSwitches,
    writeCalls: writeCalls(),
  }
}

/** Returns the resources used between two calls of {@link usage}. */
export function usedBetween(before: Usage, after: Usage): Usage {
  return {
    cpuMs: after.cpuMs - before.cpuMs,
    contextSwitches: after.contextSwitches - before.contextSwitches,
    writeCalls: before.writeCalls === null || after.writeCalls === null ? null : after.writeCalls - before.writeCalls,
  }
}

function writeCalls(): number | null {
  try {
    return Number(/^syscw: (\d+)/m.exec(readFileSync('/proc/self/io', 'utf8'))?.[1] ?? Number.NaN)
  } catch {
    return null
  }
}
