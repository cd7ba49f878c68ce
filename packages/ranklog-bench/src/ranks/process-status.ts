import { readFileSync } from 'node:fs'

/** What the kernel reports about a process. */
export interface ProcessStatus {
  threads: number
  /** Resident set now, and its peak, in MB. */
  rss: number
  peakRss: number
}

/**
 * Reads the status of this process from Linux's /proc/self/status. A value is NaN if the system does not report it. The peak
 * is not taken from getrusage(2), because there a process inherits the peak of the process that started it.
 */
export function processStatus(text: string = readStatus()): ProcessStatus {
  const field = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? Number.NaN)
  const megabytes = (name: string) => (field(name) * 1024) / 1e6
  return { threads: field('Threads'), rss: megabytes('VmRSS'), peakRss: megabytes('VmHWM') }
}

function readStatus(): string {
  try {
    return readFileSync('/proc/self/status', 'utf8')
  } catch {
    return ''
  }
}
