import { existsSync, readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { rotatedNames } from './rotated-names.ts'

/**
 * Returns the files of the log at `path`: the rotated files, oldest first, then the active file. Rotated files are
 * numbered or dated, and may end in `.gz`. If a file exists both plain and as `.gz`, only the `.gz` is returned.
 *
 * @param entries the names in the folder of the log. @default read from the disk
 * @throws the system's error if the folder cannot be read
 */
export function rotatedFiles(path: string, entries: readonly string[] = readdirSync(dirname(path))): string[] {
  const folder = dirname(path)
  const names = rotatedNames(entries, basename(path), ['numbered', 'dated'])
  const compressed = new Set(names.filter(({ isCompressed }) => isCompressed).map(({ plain }) => plain))
  const files = names
    .filter((file) => file.isCompressed || !compressed.has(file.plain))
    .map(({ name }) => join(folder, name))
  return existsSync(path) ? [...files, path] : files
}
