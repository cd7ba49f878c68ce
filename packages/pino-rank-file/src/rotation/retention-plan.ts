import { type FileId, isSameFile } from 'pino-rank-lines/system'
import { filesBeyondLimits, type RotatedFile } from './retention-limits.ts'
import type { RotationSettings } from './rotate-options.ts'
import { rotatedNames } from './rotated-names.ts'

/** If a temporary file has not grown for this long, in ms, its process counts as dead. */
export const abandonedMs = 60_000

/** The state of an entry of the folder. Times are in ms since 1970. */
export interface Found extends FileId, Pick<RotatedFile, 'size' | 'mtimeMs' | 'ctimeMs'> {
  regular: boolean
}

/** A log whose rotated files are deleted or compressed. */
export interface RotatedLog {
  /** Its name in the folder. */
  base: string
  settings: RotationSettings
}

/** Returns the names whose state {@link planRetention} needs. */
export function relevantNames(entries: readonly string[], { base, settings }: RotatedLog): string[] {
  const rotated = rotatedNames(entries, base, [settings.names]).map(({ name }) => name)
  return [...rotated, ...entries.filter((name) => isMoving(name, base) || isGzipTemporary(name, base))]
}

/**
 * Decides which files to delete and which rotated files to keep, oldest first. It deletes files beyond the limits,
 * plain files that also exist as `.gz` (which is complete once it has its name), and temporary files of dead processes.
 * Only regular files count, so a symbolic link is never touched.
 *
 * @param fileTime returns the file system's clock, in ms since 1970. It is called only where an age matters.
 */
export function planRetention(
  found: ReadonlyMap<string, Found>,
  { base, settings }: RotatedLog,
  fileTime: () => number,
): { toDelete: string[]; toKeep: RotatedFile[] } {
  const files = new Map([...found].filter(([, { regular }]) => regular))
  const names = [...files.keys()]
  const movingFiles = names.filter((name) => isMoving(name, base)).map((name) => files.get(name) as Found)
  const rotated = rotatedNames(names, base, [settings.names])
    .map((name) => ({ ...name, ...(files.get(name.name) as Found) }))
    .filter((file) => !movingFiles.some((other) => isSameFile(other, file)))
  const duplicates = rotated.filter(({ name, isCompressed }) => !isCompressed && files.has(`${name}.gz`))
  const unique = rotated.filter((file) => !duplicates.includes(file))
  const excess = filesBeyondLimits(unique, settings, settings.keepDays === undefined ? 0 : fileTime())
  const abandoned = names.filter(
    (name) => isGzipTemporary(name, base) && fileTime() - (files.get(name) as Found).mtimeMs >= abandonedMs,
  )
  return {
    toDelete: [...duplicates, ...excess].map(({ name }) => name).concat(abandoned),
    toKeep: unique.filter((file) => !excess.includes(file)),
  }
}

/** Reports whether the rotation may still be moving a file with this name. */
function isMoving(name: string, base: string): boolean {
  return name === base || name.startsWith(`.${base}.out-`)
}

function isGzipTemporary(name: string, base: string): boolean {
  return name.startsWith(`.${base}.pack-`)
}
