import { join } from 'node:path'
import { countText, reportLine } from 'pino-rank/sink'
import { faultReport } from 'pino-rank-lines'
import type { FileLocation, SharedFile } from '../append/index.ts'
import { AppendFile, sharedPlace } from '../append/index.ts'
import type { RotationSettings } from '../rotation/index.ts'
import type { runDirectory } from '../run-directory/index.ts'
import type { PlaceSettings } from './place-options.ts'
import type { SinkFeatures } from './sink-features.ts'

/** The settings of an {@link AppendFile}. They are structured-cloneable, so a thread can receive them. */
export interface AppendSinkSettings extends PlaceSettings {
  /** Name in reports, e.g. `pino-rank-file: /data/train.log`. */
  name: string
  /** True if lines must survive a power loss. */
  durable: boolean
  /** Set if this rank may have to leave the file to others. */
  shared?: SharedFile | undefined
  /** When and how the file is rotated. @default never */
  rotation?: RotationSettings
  /** A symbolic link to the file. It is created when the file is first opened. @default none */
  current?: string
}

/** Modules that only some options need. */
export interface SinkParts {
  /** Claims a run directory. Required if {@link PlaceSettings.run} is set. */
  runDirectory?: typeof runDirectory | undefined
  /** Loads the features. Called when the file is opened, if `rotation` or `current` is set. Undefined: continue without them. */
  features(): SinkFeatures | undefined
}

/** Returns the settings of a file whose path is given as in a sink's options. @throws {RankError} for a path that they would refuse */
export type SettingsAt = (file: string) => AppendSinkSettings

/**
 * Returns the file sink that a sink's options describe. Its path is determined at the first line.
 *
 * @param onMove called when another file under the name was opened in place of this one
 * @param settingsAt for a sink that can be moved to another file
 */
export function assembleSink(
  settings: AppendSinkSettings,
  parts: SinkParts,
  onMove?: () => void,
  settingsAt?: SettingsAt,
): AppendFile {
  const { name, durable } = settings
  const onTruncate = () =>
    reportLine(
      `${name}: cut short by another program; lines between its copy and its cut are lost: let it rename instead`,
    )
  return new AppendFile(settings, {
    locate: locator(settings, parts),
    ...(settingsAt && {
      relocate: (file) => {
        const place = settingsAt(file)
        return { place, locate: locator(place, parts) }
      },
    }),
    durable,
    onTruncate,
    onStay: once((error: Error) =>
      reportLine(faultReport(name, error, 'lines are appended to the renamed file until a new one can be made')),
    ),
    onGlued: once(() =>
      reportLine(
        `${name}: a line was cut short, and the next one of another rank may stand in one line with its fragment`,
      ),
    ),
    onLost: (lines) =>
      reportLine(`${name}: ${countText(lines, 'line')} lost: cut by a line of another rank on a full disk`),
    ...(onMove && { onMove }),
  })
}

function locator(settings: AppendSinkSettings, parts: SinkParts): () => FileLocation {
  let path: string | undefined
  return () => {
    path ??= findPath(settings, parts) // once, also if the features cannot be loaded yet
    return { path, ...featuresAt(path, settings, parts) }
  }
}

function findPath({ name, path, mode, within, run, shared }: AppendSinkSettings, parts: SinkParts): string {
  const folder = run && parts.runDirectory?.(run, mode, within)
  const inRun = (path: string) => (folder ? join(folder, path) : path)
  if (!shared) return inRun(path)
  const report = (what: string) => reportLine(`${name}: ${what}`)
  return sharedPlace(inRun(path), { ...shared, own: inRun(shared.own) }, report)
}

function featuresAt(path: string, settings: AppendSinkSettings, parts: SinkParts): Omit<FileLocation, 'path'> {
  const { name, mode, within, rotation, current } = settings
  const features = rotation || current !== undefined ? parts.features() : undefined
  return {
    rotation: rotation && features?.fileRotation(path, name, rotation, { mode, within }),
    disk: current === undefined ? undefined : features?.linkingDisk(current, name),
  }
}

function once<Args extends unknown[]>(task: (...args: Args) => void): (...args: Args) => void {
  let done = false
  return (...args) => {
    if (!done) task(...args)
    done = true
  }
}
