import { readFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

/** Times since the process started, in ms. */
export interface ThreadTimes {
  /** The time for which this thread was ready to run and had no core. 0 if the system does not report it. */
  waitedMs: number
  /** The CPU time that the kernel used for the process. */
  systemMs: number
}

/** Returns the times of the main thread. Only Linux reports how long a thread waits for a core. */
export function threadTimes(): ThreadTimes {
  return { waitedMs: readWaited(), systemMs: process.resourceUsage().systemCPUTime / 1000 }
}

function readWaited(): number {
  if (process.platform !== 'linux' || !isMainThread) return 0
  try {
    const [, waited = '0'] = readFileSync('/proc/self/schedstat', 'latin1').split(' ')
    return Number(waited) / 1e6
  } catch {
    return 0 // a kernel without these statistics
  }
}
