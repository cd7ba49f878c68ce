import { readFileSync } from 'node:fs'

/** What the kernel says of a process. */
export interface ProcessStatus {
  threads: number
  /** Resident set now and at its largest, in MB. */
  rss: number
  peakRss: number
}

/**
 * Of this process, from Linux's /proc/self/status; NaN where the system does not tell. The peak is not that of
 * getrusage(2): there a process inherits the peak of the one that started it.
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
