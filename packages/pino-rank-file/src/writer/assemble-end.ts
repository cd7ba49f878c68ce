import { join } from 'node:path'
import type { runDirectory } from '../place/run-directory.ts'
import type { SharedFile } from '../place/shared-file.ts'
import { sharedPlace } from '../place/shared-place.ts'
import type { RotationSettings } from '../rotation/rotate-options.ts'
import { AppendFile } from './append-file.ts'
import type { EndFeatures } from './end-features.ts'
import { faultReport } from './fault-report.ts'
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

/** What only some options need. */
export interface EndParts {
  /** Claims a run directory; there where {@link PlaceSettings.run} is set. */
  runDirectory?: typeof runDirectory | undefined
  /** Called when the file is opened, where `rotation` or `current` is set; undefined: goes on without. */
  features(): EndFeatures | undefined
}

/**
 * The append end of a file, as the options of a sink describe it. Where it lies is settled by the first line.
 *
 * @param moved called when the file was left for another one under its name
 */
export function assembleEnd(settings: AppendEndSettings, parts: EndParts, moved?: () => void): PlacedEnd {
  return new PlacedEnd(
    () => located(settings, parts),
    (path) => appendFile({ ...settings, path }, parts, moved),
  )
}

function located({ name, path, mode, within, run, shared }: AppendEndSettings, parts: EndParts): string {
  const folder = run && parts.runDirectory?.(run, mode, within)
  const inRun = (path: string) => (folder ? join(folder, path) : path)
  if (!shared) return inRun(path)
  const tell = (what: string) => reportLine(`${name}: ${what}`)
  return sharedPlace(inRun(path), { ...shared, own: inRun(shared.own) }, tell)
}

function appendFile(settings: AppendEndSettings, parts: EndParts, moved?: () => void): AppendFile {
  const { name, path, mode, within, durable, rotation, current } = settings
  const features = rotation || current !== undefined ? parts.features() : undefined
  const truncated = () =>
    reportLine(
      `${name}: cut short by another program; lines between its copy and its cut are lost: let it rename instead`,
    )
  return new AppendFile(settings, {
    durable,
    truncated,
    onStay: once((error: Error) =>
      reportLine(faultReport(name, error, 'lines go on into the renamed file until a new one can be made')),
    ),
    onGlued: once(() =>
      reportLine(
        `${name}: a line was cut short, and the next one of another rank may stand in one line with its fragment`,
      ),
    ),
    ...(rotation && features && { rotation: features.fileRotation(path, name, rotation, { mode, within }) }),
    ...(current !== undefined && features && { disk: features.linkingDisk(current, name) }),
    ...(moved && { moved }),
  })
}

function once<Args extends unknown[]>(task: (...args: Args) => void): (...args: Args) => void {
  let done = false
  return (...args) => {
    if (!done) task(...args)
    done = true
  }
}
