import { readFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

/** Times since the process began, in ms. */
export interface ThreadTimes {
  /** How long this thread was ready to run and had no core. 0 where the system does not say. */
  waitedMs: number
  /** CPU time that the system spent for the process. */
  systemMs: number
}

/** Reads the times of the main thread: 15 µs. Linux says how long a thread waits for a core; other systems do not. */
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
