import { join } from 'node:path'
import { runDirectory } from '../place/run-directory.ts'
import type { SharedFile } from '../place/shared-file.ts'
import { sharedPlace } from '../place/shared-place.ts'
import { FileRotation } from '../rotation/file-rotation.ts'
import { linkingDisk } from '../rotation/linking-disk.ts'
import type { RotationSettings } from '../rotation/rotate-options.ts'
import { AppendFile } from './append-file.ts'
import type { PlaceSettings } from './place-options.ts'
import { PlacedEnd } from './placed-end.ts'
import { reportLine } from './report-line.ts'

/** All that makes an {@link AppendFile}; it can be sent to a thread. */
export interface AppendEndSettings extends PlaceSettings {
  /** Who speaks in its reports, e.g. `pino-rank-file: /data/train.log`. */
  name: string
  /** Power loss is to be outlived. */
  durable: boolean
  /** Set where this rank may have to leave the file to others. */
  shared?: SharedFile | undefined
  /** When and how the file is rotated. @default never */
  rotation?: RotationSettings
  /** A symbolic link to the file, made when it is first opened. @default none */
  current?: string
}

/**
 * The append end of a file, as the options of a sink describe it. Where it lies is settled by the first line.
 *
 * @param moved told when the file was left for another one under its name
 */
export function appendEnd(settings: AppendEndSettings, moved?: () => void): PlacedEnd {
  return new PlacedEnd(
    () => located(settings),
    (path) => appendFile({ ...settings, path }, moved),
  )
}

function located({ name, path, mode, within, run, shared }: AppendEndSettings): string {
  const folder = run && runDirectory(run, mode, within)
  const inRun = (path: string) => (folder ? join(folder, path) : path)
  if (!shared) return inRun(path)
  const tell = (what: string) => reportLine(`${name}: ${what}`)
  return sharedPlace(inRun(path), { ...shared, own: inRun(shared.own) }, tell)
}

function appendFile(settings: AppendEndSettings, moved?: () => void): AppendFile {
  const { name, path, within, durable, rotation, current } = settings
  const truncated = () =>
    reportLine(
      `${name}: cut short by another program; lines between its copy and its cut are lost: let it rename instead`,
    )
  return new AppendFile(settings, {
    durable,
    truncated,
    ...(rotation && { rotation: new FileRotation(path, name, rotation, { within }) }),
    ...(current !== undefined && { disk: linkingDisk(current, name) }),
    ...(moved && { moved }),
  })
}
