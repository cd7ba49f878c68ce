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
  /** The file as ranks share it. Set if this rank may have to write to a file of its own instead. */
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
  /**
   * Loads the code of `rotation` and `current`. Called when the file is opened, if one of them is set. If it returns
   * undefined, lines are written without rotation and without the link.
   */
  features(): SinkFeatures | undefined
}

/**
 * Returns the settings for another path, written as in the option `path`.
 *
 * @throws {RankError} for a path that the option refuses
 */
export type SettingsAt = (file: string) => AppendSinkSettings

/**
 * Returns the file sink with these settings. Its path is determined at the first line, which may claim a run directory.
 *
 * @param onMove called when the sink has opened another file at the same path, for example after a rotation
 * @param settingsAt needed by a sink that can be moved to another path
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
      `${name}: truncated by another program; lines that were written between its copy and its truncation are lost: let it rename the file instead`,
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
    onReopenFailure: once((error: Error) =>
      reportLine(faultReport(name, error, 'lines are appended to the renamed file until a new one can be created')),
    ),
    onUnterminated: once(() =>
      reportLine(
        `${name}: a line was written in part, and a line of another rank may follow the fragment without a newline`,
      ),
    ),
    onLost: (lines) =>
      reportLine(`${name}: ${countText(lines, 'line')} lost: torn by a line of another rank on a full disk`),
    ...(onMove && { onMove }),
  })
}

function locator(settings: AppendSinkSettings, parts: SinkParts): () => FileLocation {
  let path: string | undefined
  return () => {
    path ??= findPath(settings, parts) // determined once, even if the features have to be loaded again
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
