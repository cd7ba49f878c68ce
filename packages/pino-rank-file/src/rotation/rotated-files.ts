import { existsSync, readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { rotatedNames } from './rotated-names.ts'

/**
 * Returns the files of the log at `path`, oldest first: the rotated ones, numbered or dated, some as `.gz`, and the
 * active one last. Each file is there once: a `.gz` stands for the file that it was made of.
 *
 * @param entries of its folder. @default they are read
 * @throws the system's error if the folder cannot be read
 */
export function rotatedFiles(path: string, entries: readonly string[] = readdirSync(dirname(path))): string[] {
  const folder = dirname(path)
  const names = rotatedNames(entries, basename(path), ['numbered', 'dated'])
  const packed = new Set(names.filter(({ packed }) => packed).map(({ plain }) => plain))
  const files = names.filter((file) => file.packed || !packed.has(file.plain)).map(({ name }) => join(folder, name))
  return existsSync(path) ? [...files, path] : files
}
