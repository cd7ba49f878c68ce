import { fstatSync, lstatSync, statSync } from 'node:fs'

/** Returns text that identifies a regular file. It is the same for all names of the file. Undefined if it is no regular file. */
export function fileId(file: string | number): string | undefined {
  try {
    const found = typeof file === 'number' ? fstatSync(file, { bigint: true }) : statSync(file, { bigint: true })
    return found.isFile() ? `${found.dev} ${found.ino}` : undefined
  } catch {
    return undefined
  }
}

/** Returns the size of a file, in bytes. 0 if it cannot be looked at. */
export function sizeOf(path: string): number {
  try {
    return statSync(path).size
  } catch {
    return 0
  }
}

/**
 * Keeps one name of each file. `current.log` may be a link to a log, and a rank that was killed during a rotation leaves its log
 * with two names. Symbolic links are dropped first, then names in later sources, then rotated names.
 *
 * @param sources in order
 */
export function eachFileOnce<Source extends { files: readonly string[] }>(sources: readonly Source[]): Source[] {
  const kept = new Map<string, string>()
  const named = sources.flatMap(({ files }) => files.toReversed())
  for (const file of [...named.filter((file) => !isLink(file)), ...named]) {
    const id = fileId(file)
    if (id !== undefined && !kept.has(id)) kept.set(id, file)
  }
  const isKept = (file: string) => (kept.get(fileId(file) ?? '') ?? file) === file
  return sources
    .map((source) => ({ ...source, files: source.files.filter(isKept) }))
    .filter(({ files }) => files.length > 0)
}

function isLink(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() ?? false
}
