import { reportLine } from 'pino-rank/sink'
import { type Disk, systemDisk } from 'pino-rank-lines/system'
import { currentLink } from './current-link.ts'

/** The system's disk, on which the first file that is opened gets its link. A link that fails is only reported. */
export function linkingDisk(current: string, name: string): Disk {
  let isLinked = false
  return {
    ...systemDisk,
    open(place) {
      const fd = systemDisk.open(place)
      if (!isLinked) link(current, place.path, name)
      isLinked = true
      return fd
    },
  }
}

function link(current: string, path: string, name: string): void {
  try {
    currentLink(current, path)
  } catch (error) {
    reportLine(`${name}: no current link: ${(error as Error).message}`)
  }
}
