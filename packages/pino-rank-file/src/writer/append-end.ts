import { currentLink } from '../rotation/current-link.ts'
import { FileRotation } from '../rotation/file-rotation.ts'
import type { RotationSettings } from '../rotation/rotate-options.ts'
import { AppendFile } from './append-file.ts'
import { type Disk, type FilePlace, systemDisk } from './disk.ts'
import { reportLine } from './report-line.ts'

/** All that makes an {@link AppendFile}; it can be sent to a thread. */
export interface AppendEndSettings extends FilePlace {
  /** Who speaks in its reports, e.g. `pino-rank-file: /data/train.log`. */
  name: string
  /** Power loss is to be outlived. */
  durable: boolean
  /** When and how the file is rotated. @default never */
  rotation?: RotationSettings
  /** A symbolic link to the file, made when it is first opened. @default none */
  current?: string
}

/**
 * The append end of a file, as the options of a sink describe it.
 *
 * @param moved told when the file was left for another one under its name
 */
export function appendEnd(settings: AppendEndSettings, moved?: () => void): AppendFile {
  const { name, path, durable, rotation, current } = settings
  const truncated = () =>
    reportLine(
      `${name}: cut short by another program; lines between its copy and its cut are lost: let it rename instead`,
    )
  return new AppendFile(settings, {
    durable,
    truncated,
    ...(rotation && { rotation: new FileRotation(path, name, rotation) }),
    ...(current !== undefined && { disk: linkingDisk(current, name) }),
    ...(moved && { moved }),
  })
}

/** The system's, on which the first file that is opened gets its link. */
function linkingDisk(current: string, name: string): Disk {
  let linked = false
  return {
    ...systemDisk,
    open(place) {
      const fd = systemDisk.open(place)
      if (!linked) link(current, place.path, name)
      linked = true
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
