import type { Disk, Result } from './result.ts'

/** Two measured rates of one disk may differ by this factor, because of the page cache and of other processes that write. */
const maxRateFactor = 3

/** Options that change what a step is. */
const stepOptions = ['stepMs', 'spin'] as const

/** The reasons why the figures of two runs cannot be compared. Undefined: they can. */
export interface Comparability {
  ofRuns: string | undefined
  ofDisk(name: Disk['name']): string | undefined
}

/** Returns the reasons why two runs, or the figures of a disk, cannot be compared. */
export function comparability(old: Result, now: Result): Comparability {
  return { ofRuns: runsDiffer(old, now), ofDisk: (name) => disksDiffer(name, old, now) }
}

function runsDiffer(old: Result, now: Result): string | undefined {
  if (old.suite !== now.suite) return `suite ${old.suite} and ${now.suite}`
  for (const name of ['cpu', 'cores', 'platform'] as const) {
    if (old.machine[name] !== now.machine[name]) return `other machine: ${old.machine[name]} and ${now.machine[name]}`
  }
  for (const name of stepOptions) {
    if (old.options[name] !== now.options[name])
      return `other options: ${name} ${old.options[name]} and ${now.options[name]}`
  }
}

function disksDiffer(name: Disk['name'], old: Result, now: Result): string | undefined {
  const [before, after] = [old, now].map(({ disks }) => disks.find((disk) => disk.name === name))
  if (!before || !after) return `no disk ${name} in the ${before ? 'new' : 'old'} run`
  if (before.fileSystem !== after.fileSystem) return `other disk: ${before.fileSystem} and ${after.fileSystem}`
  const throttle = 'throttleBytesPerSecond'
  if (name === 'throttled' && old.options[throttle] !== now.options[throttle])
    return `other options: throttle ${old.options[throttle]} and ${now.options[throttle]} bytes a second`
  const [slow, fast] = [before.bytesPerSecond, after.bytesPerSecond]
    .map((rate) => rate ?? Number.NaN)
    .toSorted((a, b) => a - b)
  if ((fast as number) / (slow as number) > maxRateFactor && name !== 'tmpfs')
    return `other disk: ${mb(before.bytesPerSecond)} and ${mb(after.bytesPerSecond)}`
}

function mb(bytesPerSecond = Number.NaN): string {
  return `${Number((bytesPerSecond / 1e6).toPrecision(2))} MB/s`
}
