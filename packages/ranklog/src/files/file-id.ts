import { fstatSync, lstatSync, statSync } from 'node:fs'

/** Returns a text that identifies a regular file under all its names; undefined if it is not a regular file. */
export function fileId(file: string | number): string | undefined {
  try {
    const found = typeof file === 'number' ? fstatSync(file, { bigint: true }) : statSync(file, { bigint: true })
    return found.isFile() ? `${found.dev} ${found.ino}` : undefined
  } catch {
    return undefined
  }
}

/** Returns the size of a file in bytes; 0 if that is not known. */
export function sizeOf(path: string): number {
  try {
    return statSync(path).size
  } catch {
    return 0
  }
}

/**
 * Removes all but one name of each file, so that it is read once. A file may have several names: `current.log` may be a link to
 * a log, and a log has two names if its rank was killed during a rotation. Symbolic links are removed first, then names in
 * later sources, then rotated names.
 */
export function eachFileOnce<Source extends { files: readonly string[] }>(sources: readonly Source[]): Source[] {
  const nameOf = new Map<string, string>()
  const names = sources.flatMap(({ files }) => files.toReversed())
  for (const file of [...names.filter((file) => !isLink(file)), ...names]) {
    const id = fileId(file)
    if (id !== undefined && !nameOf.has(id)) nameOf.set(id, file)
  }
  const isFirstName = (file: string) => (nameOf.get(fileId(file) ?? '') ?? file) === file
  return sources
    .map((source) => ({ ...source, files: source.files.filter(isFirstName) }))
    .filter(({ files }) => files.length > 0)
}

function isLink(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() ?? false
}
