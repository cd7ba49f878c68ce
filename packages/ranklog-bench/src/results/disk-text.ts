import { rateText } from './figures.ts'
import type { Disk } from './result.ts'

/** Returns the name of a disk with its file system and measured rate. */
export function diskText({ name, fileSystem, bytesPerSecond }: Disk): string {
  const measured = bytesPerSecond === undefined ? 'rate not measured' : `${rateText(bytesPerSecond)} measured`
  return {
    given: `this disk (${fileSystem}, ${measured})`,
    tmpfs: `tmpfs (memory, ${measured})`,
    throttled: `the throttled disk (${fileSystem}, ${measured})`,
    fsync: `this disk with an fsync after each line (${fileSystem}, ${measured})`,
  }[name]
}
